/** The page's own way to write a file. `name` gets the time and the extension. */
export function download(parts: readonly BlobPart[], mime: string, name: string, extension: string): void {
  const address = URL.createObjectURL(new Blob([...parts], { type: mime }))
  const link = document.createElement('a')
  link.href = address
  link.download = `${name}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${extension}`
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

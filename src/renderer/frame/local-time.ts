const two = (part: number): string => String(part).padStart(2, '0')

/** A moment as an input of type datetime-local takes it: this browser's wall clock, to the second. */
export function toLocal(time: number): string {
  const date = new Date(time)
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** The moment of such a text, epoch milliseconds; null for one that is none. */
export function fromLocal(text: string): number | null {
  const time = new Date(text).getTime()
  return text === '' || Number.isNaN(time) ? null : time
}

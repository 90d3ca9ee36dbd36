import { textOf } from './names'

/** The name of the operating system in /etc/os-release (man 5 os-release), null where it has none. */
export function parseOsRelease(bytes: Uint8Array): string | null {
  const values = new Map<string, string>()
  for (const line of textOf(bytes).split('\n')) {
    const match = /^\s*([A-Z0-9_]+)=(.*)$/.exec(line)
    if (match?.[1] !== undefined && match[2] !== undefined) values.set(match[1], unquote(match[2].trim()))
  }
  const name =
    values.get('PRETTY_NAME') || [values.get('NAME'), values.get('VERSION')].filter(Boolean).join(' ')
  return name || null
}

/** Values follow the rules of the shell, without expansions. */
function unquote(text: string): string {
  const quoted = /^(['"])(.*)\1$/.exec(text)
  if (quoted?.[2] === undefined) return text
  return quoted[1] === '"' ? quoted[2].replace(/\\(["$`\\])/g, '$1') : quoted[2]
}

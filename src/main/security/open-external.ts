import type { Log } from '../log'

/** Only the menu leads out of the console, to these. */
const hosts: ReadonlySet<string> = new Set(['docs.xcp-ng.org', 'xcp-ng.org', 'xapi-project.github.io'])
const longest = 2_048
// Plain characters only, also after their percent-encoding: a shell or a protocol handler may decode it.
const odd = /[^!-~]|[\\"'`<>^{}|]|%(?:0|1|22|27|5c|60|7f)/i

/** The address as it may be given to the system's browser; null where it may not. */
export function externalAddress(text: string): string | null {
  if (text.length > longest || odd.test(text) || !text.startsWith('https://')) return null
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return null
  }
  const plain = url.protocol === 'https:' && url.username === '' && url.password === '' && url.port === ''
  return plain && hosts.has(url.hostname) ? url.href : null
}

/** The only place that hands anything to other programs. */
export async function openExternal(
  shell: { openExternal(url: string): Promise<void> },
  text: string,
  log: Log,
): Promise<boolean> {
  const address = externalAddress(text)
  if (address === null) {
    log.refused('to open an address outside of the console')
    return false
  }
  try {
    await shell.openExternal(address)
    return true
  } catch {
    log.line(`No program opens ${address}.`)
    return false
  }
}

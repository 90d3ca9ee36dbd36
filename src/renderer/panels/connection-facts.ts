import type { ConnectionView } from '@shared/model/host'

export type Fact = readonly [name: string, value: string]

/** How a host is connected, as its panel tells it; nothing for a host that is not reached over a network. */
export function connectionFacts(connection: ConnectionView | null): Fact[] {
  if (!connection) return []
  const { algorithms, crypto, files, clockOffset, clockError } = connection
  return [
    ['Clock', clockText(clockOffset, clockError)],
    ['Files', { sftp: 'read by SFTP', shell: 'read by a shell', none: 'cannot be read' }[files]],
    ...algorithms.map(({ name, value }): Fact => [capitalized(name), value]),
    ['Encryption by', crypto === 'native' ? 'native code' : 'JavaScript: slower than native code'],
  ]
}

function clockText(offset: number | null, error: number | null): string {
  if (offset === null) return 'not measured yet'
  const within = error === null ? '' : `, ± ${seconds(error)}`
  // What lies within the error of the measurement is no difference.
  if (Math.abs(offset) <= Math.max(error ?? 0, 50)) return `as ours${within}`
  return `${seconds(Math.abs(offset))} ${offset > 0 ? 'ahead of' : 'behind'} ours${within}`
}

const seconds = (milliseconds: number): string =>
  milliseconds < 1_000 ? `${Math.ceil(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

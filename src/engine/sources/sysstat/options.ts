export interface SysstatOptions {
  /** sysstat's reader of archives: a name in the host's PATH, or a path. */
  readonly program: string
  /** Where archives may lie: Debian's place, then Red Hat's. */
  readonly folders: readonly string[]
  /** How far back archives are read. */
  readonly days: number
  /** Milliseconds after connecting, so that a connection that comes and goes costs the host nothing. */
  readonly settle: number
  /** Of the JSON of one archive, unpacked. */
  readonly mostBytes: number
  /** Values of all metrics together, 20 bytes each in memory; older archives are not read then. */
  readonly mostValues: number
  /** Milliseconds for one archive. */
  readonly deadline: number
  /** Milliseconds until what failed is tried again on the same connection; doubles each time. */
  readonly retryAfter: number
}

export const usualOptions: SysstatOptions = {
  program: 'sadf',
  folders: ['/var/log/sysstat', '/var/log/sa'],
  days: 7,
  settle: 1_000,
  mostBytes: 64 * 2 ** 20,
  mostValues: 1_000_000,
  deadline: 60_000,
  retryAfter: 600_000,
}

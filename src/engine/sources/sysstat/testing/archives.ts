import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** sysstat's own collector, which writes real archives of this very machine. */
const places = ['/usr/lib/sysstat/sadc', '/usr/lib64/sa/sadc', '/usr/lib/sa/sadc']
const collector = places.find((place) => existsSync(place))

/** Why no archive can be made here, or undefined where one can. */
export const sysstatMissing: string | undefined =
  collector === undefined ? 'sysstat is not installed (apt-get install sysstat)' : undefined

const program = collector ?? 'sadc'
const everything = ['-S', 'XALL']

/** The command that writes a record a second, the first of which only begins the file. */
export const collecting = (path: string, records: number): [string, string[]] => [
  program,
  [...everything, '1', String(records), path],
]

/** Appends to the archive; takes a second for each record. */
export function collect(path: string, records: number): void {
  execFileSync(...collecting(path, records))
}

/** Appends what a boot of the host leaves. */
export function noteRestart(path: string): void {
  execFileSync(program, [path])
}

/** Output of sar or sadf, in English and UTC. */
export function run(command: 'sar' | 'sadf', words: readonly string[]): string {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC', S_TIME_FORMAT: 'ISO', S_COLORS: 'never' }
  return execFileSync(command, words, { encoding: 'utf8', env, maxBuffer: 2 ** 28 })
}

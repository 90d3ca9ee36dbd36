import { readdirSync, readFileSync } from 'node:fs'

/** One line of the process table, from /proc/PID/stat and cmdline; proc(5). */
export interface ProcessEntry {
  readonly pid: number
  /** R, S, D, Z, T ... */
  readonly state: string
  readonly parent: number
  readonly group: number
  readonly command: string
}

function entry(pid: number): ProcessEntry | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state = '', parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim()
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
    return { pid, state, parent: Number(parent), group: Number(group), command: command || `[${name}]` }
  } catch {
    // It ended meanwhile.
    return null
  }
}

/** All processes of this machine that match, as they are now. */
export function processesWhere(matches: (process: ProcessEntry) => boolean): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => entry(Number(name)))
    .filter((process) => process !== null)
    .filter(matches)
}

/** Those still running whose command line holds the text: mark a command with something unique. */
export const running = (text: string): ProcessEntry[] =>
  processesWhere(({ command, state }) => state !== 'Z' && command.includes(text))

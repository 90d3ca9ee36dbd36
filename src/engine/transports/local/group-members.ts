import { readdirSync, readFileSync } from 'node:fs'

/** Whether the process runs or may run again; a zombie (Z) has ended and waits to be fetched. proc(5). */
function livesIn(group: number, pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, , groupOf] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(groupOf) === group && state !== 'Z' && state !== 'X'
  } catch {
    // It ended meanwhile.
    return false
  }
}

/**
 * Whether a process group has a member that has not ended. kill(2) alone cannot tell: it counts the zombies
 * that init has not fetched yet, and in a container the first process may never do. True where there is no /proc.
 */
export function hasLivingMember(group: number): boolean {
  try {
    return readdirSync('/proc').some((name) => /^\d+$/.test(name) && livesIn(group, name))
  } catch {
    return true
  }
}

import { posix } from 'node:path'

/**
 * What of the simulated host is its own; all else is this machine's. /proc must be real, for nobody could tell
 * its load otherwise.
 */
const simulated: readonly (readonly [path: string, own: string])[] = [
  ['/var/run/message-switch', '/var/run/message-switch'],
  ['/run/message-switch', '/var/run/message-switch'],
  ['/var/log', '/var/log'],
  ['/var/lib/xcp', '/var/lib/xcp'],
  ['/opt/xensource', '/opt/xensource'],
  ['/etc/xcp-diag-simulated', '/etc/xcp-diag-simulated'],
  ['/etc/xensource-inventory', '/etc/xensource-inventory'],
  ['/dev/shm/host-metrics.json', '/dev/shm/host-metrics.json'],
  ['/dev/shm/vm-metrics.json', '/dev/shm/vm-metrics.json'],
]

/** Where a path of the host really is. `root` is the folder of the simulated host. */
export function realPath(root: string, path: string): string {
  const clean = posix.resolve('/', path)
  return ownPath(root, clean) ?? clean
}

/** Null for a path that is not the simulated host's own. */
export function ownPath(root: string, path: string): string | null {
  for (const [own, place] of simulated) {
    if (path === own || path.startsWith(`${own}/`)) return root + place + path.slice(own.length)
  }
  return null
}

const escaped = simulated.map(([path]) => path.replace(/[.]/g, '\\.')).join('|')
const mention = new RegExp(`(?<![\\w./-])(?:${escaped})(?=/|[^\\w.-]|$)`, 'g')

/** A shell's command line with the host's own paths put in the place of this machine's. */
export const realCommand = (root: string, command: string): string =>
  command.replace(mention, (path) => ownPath(root, path) ?? path)

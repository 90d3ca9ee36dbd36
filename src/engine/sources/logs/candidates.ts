import { posix } from 'node:path'
import type { Transport } from '../../transports/transport'

/** What matters on an XCP host, the most telling first; then what other systems write. */
const known: readonly string[] = [
  'xensource.log',
  'SMlog',
  'audit.log',
  'daemon.log',
  'kern.log',
  'messages',
  'secure',
  'cron',
  'user.log',
  'boot.log',
  'xenstored-access.log',
  'xcp-rrdd-plugins.log',
  'syslog',
  'auth.log',
  'debug',
  'maillog',
  'mail.log',
  'mail.err',
  'cron.log',
  'dmesg',
]

/** Folders in which logs of services lie. */
const folders: readonly string[] = [
  'xen',
  'openvswitch',
  'audit',
  'libvirt',
  'nginx',
  'apache2',
  'httpd',
  'mysql',
  'mariadb',
  'postgresql',
  'samba',
  'ceph',
  'drbd',
  'linstor-controller',
  'linstor-satellite',
]

const byName = new Map(known.map((name, rank) => [name, rank]))

/** Whether a name stands for a log that is written now: not rotated, compressed or binary. */
export const isLog = (name: string): boolean => byName.has(name) || /^[^.].*\.log$/.test(name)

/** The names of logs, the known ones first, then by the alphabet. */
export function logNames(names: readonly string[]): string[] {
  const rank = (name: string): number => byName.get(name) ?? known.length
  return names.filter(isLog).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

export const isXcp = (names: readonly string[]): boolean => names.includes('xensource.log')

/** Names in a folder and paths of its logs, those of known folders inside it last. Rejects where it cannot be listed. */
export async function findLogs(
  transport: Transport,
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly names: readonly string[]; readonly paths: readonly string[] }> {
  const names = await transport.readDirectory(folder, { signal })
  const inside = await Promise.all(
    folders
      .filter((name) => names.includes(name))
      .map(async (name) => {
        // One that may not be listed has no logs for us.
        const within = await transport.readDirectory(posix.join(folder, name), { signal }).catch(() => [])
        return logNames(within).map((log) => posix.join(folder, name, log))
      }),
  )
  return { names, paths: [...logNames(names).map((name) => posix.join(folder, name)), ...inside.flat()] }
}

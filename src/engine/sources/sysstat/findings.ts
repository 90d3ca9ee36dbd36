import type { Finding } from '@shared/model/host'
import type { Found } from './archives'
import type { SysstatOptions } from './options'

export const historyFinding = (available: boolean, detail: string): Finding => ({
  source: 'sysstat',
  subject: 'history',
  available,
  detail,
})

const archivesOf = (count: number): string => `${count} ${count === 1 ? 'archive' : 'archives'}`

const start = 'systemctl enable --now sysstat'

/** What there is to read, or why there is nothing and what to do about it. */
export function describeFound(
  { survey: { version, folders, isOff, now }, archives }: Found,
  { days }: SysstatOptions,
): Finding {
  const { chosen, refused, newest } = archives
  if (version === null) {
    return historyFinding(false, 'sysstat is not installed: charts begin when the console connects.')
  }
  if (chosen.length > 0) {
    const hidden = refused.length > 0 ? `; ${refused.length} more may not be read` : ''
    return historyFinding(
      true,
      `sysstat ${version.join('.')}: ${archivesOf(chosen.length)} of the last ${days} days${hidden}.`,
    )
  }
  if (refused.length > 0) {
    const [{ path } = { path: '' }] = refused
    return historyFinding(
      false,
      `sysstat's archives may not be read by this user: ${path}. Its owner is root on most hosts.`,
    )
  }
  if (isOff) {
    const detail = 'sysstat is installed but does not collect: /etc/default/sysstat says ENABLED="false".'
    return historyFinding(false, `${detail} Say "true" there, then: ${start}`)
  }
  if (newest !== null) {
    const age = Math.floor((now - newest) / 86_400)
    return historyFinding(
      false,
      `sysstat's newest archive is ${age} days old: it no longer collects. Start it: ${start}`,
    )
  }
  const place = folders.length > 0 ? folders.join(' or ') : 'its folders'
  return historyFinding(
    false,
    `sysstat is installed but has noted nothing in ${place} yet. Start it: ${start}`,
  )
}

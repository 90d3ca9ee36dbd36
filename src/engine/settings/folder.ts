import { homedir } from 'node:os'
import { posix, resolve, win32 } from 'node:path'
import { DiagnosticError } from '@shared/errors'

export interface Surroundings {
  readonly platform: NodeJS.Platform
  readonly environment: Readonly<Record<string, string | undefined>>
  home(): string
}

const thisProcess: Surroundings = { platform: process.platform, environment: process.env, home: homedir }
const name = 'xcp-diagnostic-console'

/**
 * Where this user's settings and vault are: `XCP_DIAG_CONFIG` itself where it is set, else a folder
 * `xcp-diagnostic-console` where the system keeps configuration (XDG Base Directory Specification on Linux). Throws
 * `not-found` for a user without a home.
 */
export function settingsFolder(surroundings: Surroundings = thisProcess): string {
  const { platform, environment } = surroundings
  const chosen = environment['XCP_DIAG_CONFIG']
  if (chosen) return resolve(chosen)
  if (platform === 'win32') {
    return win32.join(environment['APPDATA'] || win32.join(homeOf(surroundings), 'AppData', 'Roaming'), name)
  }
  if (platform === 'darwin') return posix.join(homeOf(surroundings), 'Library', 'Application Support', name)
  const configured = environment['XDG_CONFIG_HOME']
  // The specification says to ignore a relative one.
  const base =
    configured && posix.isAbsolute(configured) ? configured : posix.join(homeOf(surroundings), '.config')
  return posix.join(base, name)
}

function homeOf(surroundings: Surroundings): string {
  try {
    const home = surroundings.home()
    if (home) return home
  } catch {
    // In a container the user id may have no entry.
  }
  throw new DiagnosticError('not-found', 'This user has no home folder, so there is no place for settings.', {
    hint: 'Set XCP_DIAG_CONFIG to a folder for them.',
  })
}

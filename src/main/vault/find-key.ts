import { safeStorage } from 'electron'
import type { Log } from '../log'
import { vaultKey } from './key-store'

/** The key of the desktop's vault, or null with a line that says why there is none. */
export async function findVaultKey(path: string, log: Log): Promise<string | null> {
  const found = await vaultKey({ storage: safeStorage, path, platform: process.platform })
  if ('key' in found) return found.key
  log.line(`Passwords last for this session, or are kept under a passphrase of yours: ${found.reason}.`)
  return null
}

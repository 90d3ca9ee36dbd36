import { safeStorage } from 'electron'
import type { FoundKey } from '../engine/messages'
import type { Log } from '../log'
import { vaultKey } from './key-store'

/** The key of the desktop's vault, or why there is none, which the terminal is told as well. */
export async function findVaultKey(path: string, log: Log): Promise<FoundKey> {
  const found = await vaultKey({ storage: safeStorage, path, platform: process.platform })
  if ('reason' in found) {
    log.line(`Passwords last for this session, or are kept under a passphrase of yours: ${found.reason}.`)
  }
  return found
}

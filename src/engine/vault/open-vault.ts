import { join } from 'node:path'
import { DiagnosticError } from '@shared/errors'
import type { Clock } from '../clock'
import { moveAside } from '../files'
import { openPassphraseVault, PassphraseVault } from './passphrase-vault'
import type { KeyCost } from './sealing'
import { Secret } from './secret'
import { SystemVault } from './system-vault'
import type { PersonVault } from './vault'

/** A random key of 256 bits cannot be guessed: stretching it would only cost time. */
const keyCost: KeyCost = { N: 2, r: 8, p: 1 }

/**
 * The person's vault: under a passphrase (`vault.json`), or, where a shell brings a key that the system keeps, open
 * under that key (`vault-desktop.json`). A vault of another key is moved aside: nobody has its key any more. Never
 * rejects.
 */
export async function openVault(folder: string, clock: Clock, key?: string): Promise<PersonVault> {
  if (key === undefined) return openPassphraseVault(folder, clock)
  const path = join(folder, 'vault-desktop.json')
  const secret = new Secret(key)
  const file = new PassphraseVault(path, clock, keyCost)
  const enterFile = (own: Secret): Promise<void> => enter(file, own, path, clock)
  await file.begin()
  try {
    await enterFile(secret)
    return new SystemVault(file, secret, enterFile)
  } catch {
    await file.close()
    secret.wipe()
    return await openPassphraseVault(folder, clock)
  }
}

async function enter(vault: PassphraseVault, key: Secret, path: string, clock: Clock): Promise<void> {
  try {
    await (vault.status() === 'session-only' ? vault.create(key) : vault.unlock(key))
  } catch (error) {
    if (!(error instanceof DiagnosticError) || error.code !== 'authentication-failed') throw error
    await moveAside(path, clock.now())
    await vault.create(key)
  }
}

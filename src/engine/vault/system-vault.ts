import { DiagnosticError } from '@shared/errors'
import type { Notifier } from '../notifier'
import type { PassphraseVault } from './passphrase-vault'
import type { Secret } from './secret'
import type { PersonVault, VaultStatus } from './vault'

/**
 * A vault whose key the system keeps: open as long as the console runs, without a passphrase. A file that is removed
 * or replaced meanwhile is begun anew with the next use. Never locked: who may use the system's key may open it.
 */
export class SystemVault implements PersonVault {
  readonly protection = 'system'
  readonly #file: PassphraseVault
  readonly #key: Secret
  readonly #openWith: (key: Secret) => Promise<void>
  #opening: Promise<void> | null = null

  /** `openWith` makes `file` open under the key; it has been called once. */
  constructor(file: PassphraseVault, key: Secret, openWith: (key: Secret) => Promise<void>) {
    this.#file = file
    this.#key = key
    this.#openWith = openWith
  }

  get changes(): Notifier {
    return this.#file.changes
  }

  status(): VaultStatus {
    return this.#file.status() === 'unlocked' ? 'unlocked' : 'session-only'
  }

  async get(key: string): Promise<Secret | null> {
    await this.#open()
    return this.#file.get(key)
  }

  async set(key: string, secret: Secret): Promise<void> {
    await this.#open()
    await this.#file.set(key, secret)
    // Where the file was gone, what lasts for the session joins the new one.
    await this.#open()
  }

  async delete(key: string): Promise<void> {
    await this.#open()
    await this.#file.delete(key)
  }

  async keys(): Promise<string[]> {
    await this.#open()
    return this.#file.keys()
  }

  /** Rejects with `not-supported`: there is no passphrase. */
  enter(): Promise<void> {
    return Promise.reject(
      new DiagnosticError('not-supported', 'The passwords are protected by the system’s key store.', {
        hint: 'No passphrase is needed: they are open while you are signed in to this computer.',
      }),
    )
  }

  /** Throws `not-supported`: what the system opened without asking would only be opened again. */
  lock(): void {
    throw new DiagnosticError(
      'not-supported',
      'The passwords are protected by the system’s key store, which is open while you are signed in.',
      { hint: 'Lock the screen of this computer, or remove the host to forget its passwords.' },
    )
  }

  async close(): Promise<void> {
    await this.#file.close()
    this.#key.wipe()
  }

  /** A disk that fails must not keep anybody out: secrets then last for the session. */
  async #open(): Promise<void> {
    if (this.#file.status() === 'unlocked') return
    this.#opening ??= this.#openWith(this.#key).finally(() => (this.#opening = null))
    await this.#opening.catch(() => undefined)
  }
}

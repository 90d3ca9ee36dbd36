import { Notifier } from '../notifier'
import { checkKey, checkSize, vaultClosed } from './limits'
import type { Secret } from './secret'
import type { Vault, VaultStatus } from './vault'

/** In memory only: gone with this run. */
export class SessionVault implements Vault {
  readonly changes = new Notifier()
  readonly #secrets = new Map<string, Secret>()
  #closed = false

  status(): VaultStatus {
    return 'session-only'
  }

  get(key: string): Promise<Secret | null> {
    return this.#answer(() => this.#secrets.get(key)?.copy() ?? null)
  }

  set(key: string, secret: Secret): Promise<void> {
    return this.#answer(() => {
      checkKey(key)
      checkSize(key, secret)
      const kept = secret.copy()
      this.#secrets.get(key)?.wipe()
      this.#secrets.set(key, kept)
    })
  }

  delete(key: string): Promise<void> {
    return this.#answer(() => {
      this.#secrets.get(key)?.wipe()
      this.#secrets.delete(key)
    })
  }

  keys(): Promise<string[]> {
    return this.#answer(() => [...this.#secrets.keys()].sort())
  }

  close(): Promise<void> {
    this.#closed = true
    for (const secret of this.#secrets.values()) secret.wipe()
    this.#secrets.clear()
    return Promise.resolve()
  }

  /** What is thrown becomes a rejection. */
  #answer<T>(work: () => T): Promise<T> {
    return new Promise((resolve) => {
      if (this.#closed) throw vaultClosed()
      resolve(work())
    })
  }
}

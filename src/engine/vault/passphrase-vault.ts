import { join } from 'node:path'
import { DiagnosticError, type WireError } from '@shared/errors'
import type { Clock } from '../clock'
import { Notifier } from '../notifier'
import { findEntry, isKeyOf, openEntry, sealCheck, withSecrets, without } from './entries'
import { checkKey, checkPassphrase, checkSize, vaultClosed } from './limits'
import { defaultCost, deriveKey, newParameters, type KeyCost } from './sealing'
import type { Secret } from './secret'
import { SessionVault } from './session-vault'
import type { PersonVault, VaultStatus } from './vault'
import { emptyVault, type VaultFile } from './vault-file'
import { VaultStore } from './vault-store'

/** Reads what is there; a damaged file is moved aside, and the run goes on with a vault of the session. Never rejects. */
export async function openPassphraseVault(
  folder: string,
  clock: Clock,
  cost: KeyCost = defaultCost,
): Promise<PassphraseVault> {
  const vault = new PassphraseVault(join(folder, 'vault.json'), clock, cost)
  await vault.begin()
  return vault
}

/**
 * Secrets in `vault.json` under a passphrase of the person's: scrypt makes the key, AES-256-GCM seals each entry.
 * Without a passphrase, and until it is given, secrets last for the session; once it is, those are kept as well.
 * The file is read for each use, so that several consoles share it. Passphrases are the caller's to wipe.
 */
export class PassphraseVault implements PersonVault {
  readonly protection = 'passphrase'
  readonly changes = new Notifier()
  readonly #store: VaultStore
  readonly #cost: KeyCost
  readonly #session = new SessionVault()
  /** Of the file with this salt. */
  #key: { readonly bytes: Buffer; readonly salt: string } | null = null
  #hasFile = false

  constructor(path: string, clock: Clock, cost: KeyCost) {
    this.#store = new VaultStore(path, clock, (file) => this.#follow(file))
    this.#cost = cost
  }

  /** For `openPassphraseVault`. */
  begin(): Promise<void> {
    return this.#store.begin()
  }

  status(): VaultStatus {
    return this.#key !== null ? 'unlocked' : this.#hasFile ? 'locked' : 'session-only'
  }

  /** What happened to the file, for the person to know. */
  warnings(): WireError[] {
    return this.#store.warnings()
  }

  async get(key: string): Promise<Secret | null> {
    const recent = await this.#session.get(key)
    if (recent !== null || !this.#hasFile) return recent
    const file = await this.#store.read()
    const entry = file && findEntry(file, key)
    if (!entry) return null
    if (this.#key === null) throw locked(this.#store.path)
    return openEntry(this.#key.bytes, entry, this.#store.path)
  }

  async set(key: string, secret: Secret): Promise<void> {
    checkKey(key)
    checkSize(key, secret)
    // An older one of the session would hide what is kept.
    if (await this.#keep([[key, secret]])) await this.#session.delete(key)
    else await this.#session.set(key, secret)
  }

  async delete(key: string): Promise<void> {
    await this.#session.delete(key)
    if (!this.#hasFile) return
    await this.#store.alone(async (file, replace) => {
      if (file && findEntry(file, key)) await replace(without(file, key))
    })
  }

  async keys(): Promise<string[]> {
    const recent = await this.#session.keys()
    const kept = this.#hasFile ? ((await this.#store.read())?.entries ?? []) : []
    return [...new Set([...recent, ...kept.map(({ name }) => name)])].sort()
  }

  /**
   * Begins a vault with what the session holds. Rejects with `conflict` when there is one, `bad-request` for a
   * passphrase of less than 8 characters.
   */
  async create(passphrase: Secret): Promise<void> {
    checkPassphrase(passphrase)
    if ((await this.#store.read()) !== null) throw vaultExists(this.#store.path)
    const parameters = newParameters(this.#cost)
    const key = await deriveKey(passphrase, parameters)
    await this.#store.alone(async (file, replace) => {
      if (file !== null) throw vaultExists(this.#store.path)
      const secrets = await this.#sessionSecrets()
      await replace(withSecrets(emptyVault(parameters, sealCheck(key)), key, secrets))
      this.#unlocked(key, parameters.salt)
      await this.#forget(secrets)
    })
  }

  /**
   * Rejects with `authentication-failed` for a wrong passphrase, `not-found` without a vault. Secrets of the session
   * are kept from now on; what keeps them from that is a warning.
   */
  async unlock(passphrase: Secret): Promise<void> {
    const file = await this.#existing()
    this.#unlocked(await rightKey(passphrase, file, this.#store.path), file.kdf.salt)
    try {
      const secrets = await this.#sessionSecrets()
      if (secrets.length > 0 && (await this.#keep(secrets))) await this.#forget(secrets)
    } catch (thrown) {
      this.#store.report(thrown, 'Keeping the passwords of this session')
    }
  }

  enter(passphrase: Secret): Promise<void> {
    return this.status() === 'session-only' ? this.create(passphrase) : this.unlock(passphrase)
  }

  /** Forgets the key. */
  lock(): void {
    if (this.#key === null) return
    this.#key.bytes.fill(0)
    this.#key = null
    this.changes.notify()
  }

  /**
   * Seals all entries anew with a new salt, all or none; the vault is unlocked then. Rejects with
   * `authentication-failed` when `current` is wrong, `bad-data` when an entry is damaged, `conflict` when another
   * console changes the passphrase meanwhile.
   */
  async changePassphrase(current: Secret, next: Secret): Promise<void> {
    checkPassphrase(next)
    const before = await this.#existing()
    const oldKey = await rightKey(current, before, this.#store.path)
    const parameters = newParameters(this.#cost)
    const newKey = await deriveKey(next, parameters)
    try {
      await this.#store.alone(async (file, replace) => {
        if (file?.kdf.salt !== before.kdf.salt) throw changedElsewhere(this.#store.path)
        const secrets = file.entries.map(
          (entry) => [entry.name, openEntry(oldKey, entry, this.#store.path)] as const,
        )
        const resealed = withSecrets(emptyVault(parameters, sealCheck(newKey)), newKey, secrets)
        for (const [, secret] of secrets) secret.wipe()
        await replace(resealed)
        this.#unlocked(newKey, parameters.salt)
      })
    } finally {
      oldKey.fill(0)
    }
  }

  /** Removes the vault with all that is in it, for who has forgotten the passphrase. */
  destroy(): Promise<void> {
    return this.#store.remove()
  }

  async close(): Promise<void> {
    const written = this.#store.close()
    this.lock()
    await Promise.all([written, this.#session.close()])
  }

  /** Seals secrets into the file; false where that is not unlocked. */
  async #keep(secrets: readonly (readonly [string, Secret])[]): Promise<boolean> {
    if (this.#key === null) return false
    return this.#store.alone(async (file, replace) => {
      if (file === null || this.#key === null) return false
      await replace(withSecrets(file, this.#key.bytes, secrets))
      return true
    })
  }

  async #existing(): Promise<VaultFile> {
    const file = await this.#store.read()
    if (file !== null) return file
    throw new DiagnosticError('not-found', 'There is no vault yet.', {
      where: this.#store.path,
      hint: 'Choose a passphrase for one.',
    })
  }

  async #sessionSecrets(): Promise<(readonly [string, Secret])[]> {
    const names = await this.#session.keys()
    const secrets = await Promise.all(names.map((name) => this.#session.get(name)))
    return secrets.flatMap((secret, index) =>
      secret === null ? [] : [[names[index] ?? '', secret] as const],
    )
  }

  async #forget(secrets: readonly (readonly [string, Secret])[]): Promise<void> {
    for (const [name, secret] of secrets) {
      secret.wipe()
      await this.#session.delete(name)
    }
  }

  #unlocked(key: Buffer, salt: string): void {
    if (this.#store.closed) {
      key.fill(0)
      throw vaultClosed()
    }
    this.#key?.bytes.fill(0)
    this.#key = { bytes: key, salt }
    this.#hasFile = true
    this.changes.notify()
  }

  /** Another console may have made the file, changed its passphrase or removed it. */
  #follow(file: VaultFile | null): void {
    const before = this.status()
    this.#hasFile = file !== null
    if (this.#key !== null && this.#key.salt !== file?.kdf.salt) this.lock()
    else if (this.status() !== before) this.changes.notify()
  }
}

async function rightKey(passphrase: Secret, file: VaultFile, path: string): Promise<Buffer> {
  const key = await deriveKey(passphrase, file.kdf)
  if (isKeyOf(key, file)) return key
  throw new DiagnosticError('authentication-failed', 'The passphrase is wrong.', { where: path })
}

const locked = (path: string): DiagnosticError =>
  new DiagnosticError('permission-denied', 'The vault is locked.', {
    where: path,
    hint: 'Unlock it with its passphrase.',
  })

const vaultExists = (path: string): DiagnosticError =>
  new DiagnosticError('conflict', 'There is a vault already.', {
    where: path,
    hint: 'Unlock it with its passphrase.',
  })

const changedElsewhere = (path: string): DiagnosticError =>
  new DiagnosticError('conflict', 'Another console has changed the passphrase.', {
    where: path,
    hint: 'Unlock the vault with the new one.',
  })

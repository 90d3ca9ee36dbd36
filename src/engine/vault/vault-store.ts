import { rm } from 'node:fs/promises'
import { DiagnosticError, toWireError, type WireError } from '@shared/errors'
import type { Clock } from '../clock'
import { fileError, moveAside, removeLeftovers, withFileLock } from '../files'
import { vaultClosed } from './limits'
import { readVault, writeVault, type VaultFile } from './vault-file'

const sessionOnly = 'Passwords last for this session only.'

/** The vault's file, which other consoles may use too, and what became of it. */
export class VaultStore {
  readonly path: string
  readonly #clock: Clock
  /** Told what the file holds, whenever it was looked at; null when there is none to use. */
  readonly #seen: (file: VaultFile | null) => void
  readonly #working = new Set<Promise<unknown>>()
  /** Why the file that is there must not be touched. */
  #refusal: DiagnosticError | null = null
  #incidents: readonly DiagnosticError[] = []
  #closed = false

  constructor(path: string, clock: Clock, seen: (file: VaultFile | null) => void) {
    this.path = path
    this.#clock = clock
    this.#seen = seen
  }

  get closed(): boolean {
    return this.#closed
  }

  /** A first look; removes what a killed console left. Never rejects: what is wrong is a warning. */
  async begin(): Promise<void> {
    try {
      if ((await readVault(this.path)).kind === 'none') return
      await this.alone(() => removeLeftovers(this.path))
    } catch (thrown) {
      // What cannot be read or locked now may be a good vault.
      const { code, message, where, hint } = fileError(thrown, 'Opening the vault', this.path)
      this.#refusal = new DiagnosticError(code, `${message} ${sessionOnly}`, { where, hint })
    }
  }

  /** What the file holds now; null when there is none, or none that can be used. A damaged one is moved aside. */
  async read(): Promise<VaultFile | null> {
    if (this.#closed) throw vaultClosed()
    const found = await readVault(this.path)
    if (found.kind !== 'good') return this.alone((file) => Promise.resolve(file))
    this.#usable(found.file)
    return found.file
  }

  /** Runs `work` on what the file holds, while no other console reads it to write it; what it returns is the answer. */
  alone<T>(
    work: (file: VaultFile | null, replace: (next: VaultFile) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) return Promise.reject(vaultClosed())
    const done = withFileLock(this.path, this.#clock, async () => {
      const found = await readVault(this.path)
      if (found.kind === 'good') this.#usable(found.file)
      else await this.#unusable(found)
      const content = found.kind === 'good' ? found.content : null
      return work(found.kind === 'good' ? found.file : null, async (next) => {
        if (this.#refusal !== null) throw this.#refusal
        await writeVault(this.path, next, content)
      })
    })
    const settled = done.catch(() => undefined).finally(() => this.#working.delete(settled))
    this.#working.add(settled)
    return done
  }

  async remove(): Promise<void> {
    await this.alone(async () => {
      if (this.#refusal !== null) throw this.#refusal
      await rm(this.path, { force: true }).catch((thrown: unknown) => {
        throw fileError(thrown, 'Removing the vault', this.path)
      })
      this.#seen(null)
    })
  }

  warnings(): WireError[] {
    return [...this.#incidents, ...(this.#refusal === null ? [] : [this.#refusal])].map((one) =>
      toWireError(one),
    )
  }

  report(thrown: unknown, doing: string): void {
    this.#incidents = [...this.#incidents, fileError(thrown, doing, this.path)]
  }

  /** Resolves when nothing is being written any more. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#working)
  }

  #usable(file: VaultFile): void {
    this.#refusal = null
    this.#seen(file)
  }

  async #unusable(found: { kind: 'none' | 'newer' } | { kind: 'corrupt'; reason: string }): Promise<void> {
    this.#refusal = found.kind === 'newer' ? newer(this.path) : null
    this.#seen(null)
    if (found.kind !== 'corrupt') return
    const where = await moveAside(this.path, this.#clock.now()).catch((thrown: unknown) => {
      throw fileError(thrown, 'Moving the damaged vault aside', this.path)
    })
    const message = `The vault is damaged. ${found.reason} ${sessionOnly}`
    const hint = 'The damaged file is kept there. A new vault can be made.'
    this.#incidents = [...this.#incidents, new DiagnosticError('bad-data', message, { where, hint })]
  }
}

const newer = (path: string): DiagnosticError =>
  new DiagnosticError('not-supported', `The vault was written by a newer console. ${sessionOnly}`, {
    where: path,
    hint: 'Update this console.',
  })

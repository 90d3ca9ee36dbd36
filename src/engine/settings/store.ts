import { isDeepStrictEqual } from 'node:util'
import { DiagnosticError, toWireError, type WireError } from '@shared/errors'
import type { Settings } from '@shared/model/settings'
import type { Clock } from '../clock'
import { fileError, removeLeftovers, withFileLock, writeWholeFile } from '../files'
import { Notifier } from '../notifier'
import { checkedSettings, renderSettings } from './document'
import { largestSettings, loadSettings, settingsFiles, type LoadedSettings, type SettingsFiles } from './load'

/** Must not change what it is given; what it returns is validated. May be called again when the file changed. */
export type SettingsChange = (settings: Settings) => Settings

export interface SettingsStore {
  /** Frozen. */
  current(): Settings
  /** What is wrong with the files, and what became of it; in order of their happening. */
  warnings(): WireError[]
  /**
   * Saves a change; resolves when it is on the disk. It is applied to what the file holds at that time, which
   * includes what another console saved meanwhile: neither overwrites the other. `(settings) => settings` reads the
   * file anew. Rejects with `bad-request` for a change that is not valid, `conflict` when the file stays locked,
   * `limit-exceeded` on a full disk, `not-supported` when a newer console wrote the file; nothing has changed then.
   */
  update(change: SettingsChange): Promise<void>
  /** Of the settings or of the warnings. */
  readonly changes: Notifier
  /** Resolves when the updates that were asked for are done; later ones are refused. */
  close(): Promise<void>
}

interface Update {
  readonly change: SettingsChange
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** An editor that saves at the same moment. */
const attempts = 5

/** Reads this user's settings, repairs what can be repaired, and says the rest in `warnings`. Never rejects. */
export async function openSettings(folder: string, clock: Clock): Promise<SettingsStore> {
  const files = settingsFiles(folder)
  return new Store(files, clock, await firstLoad(files, clock))
}

async function firstLoad(files: SettingsFiles, clock: Clock): Promise<LoadedSettings> {
  const untouched = await loadSettings(files, clock.now(), false)
  // Nobody has saved anything yet: no folder is made for that.
  if (untouched.content === null && untouched.refusal === null && untouched.incidents.length === 0)
    return untouched
  try {
    return await withFileLock(files.current, clock, async () => {
      await removeLeftovers(files.current)
      await removeLeftovers(files.lastGood)
      return loadSettings(files, clock.now(), true)
    })
  } catch (thrown) {
    const incident = fileError(thrown, 'Preparing to save settings', files.current)
    return { ...untouched, incidents: [...untouched.incidents, incident] }
  }
}

class Store implements SettingsStore {
  readonly changes = new Notifier()
  readonly #files: SettingsFiles
  readonly #clock: Clock
  #loaded: LoadedSettings
  #incidents: readonly DiagnosticError[]
  #waiting: Update[] = []
  #saving: Promise<void> | null = null
  #closed = false

  constructor(files: SettingsFiles, clock: Clock, loaded: LoadedSettings) {
    this.#files = files
    this.#clock = clock
    this.#loaded = loaded
    this.#incidents = loaded.incidents
  }

  current(): Settings {
    return this.#loaded.document.settings
  }

  warnings(): WireError[] {
    const { refusal, document } = this.#loaded
    return [...this.#incidents, ...(refusal === null ? [] : [refusal]), ...document.warnings].map((warning) =>
      toWireError(warning),
    )
  }

  update(change: SettingsChange): Promise<void> {
    if (this.#closed) {
      return Promise.reject(
        new DiagnosticError('cancelled', 'The console is closing: nothing is saved any more.'),
      )
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ change, resolve, reject })
      this.#saving ??= this.#saveAll()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#saving
  }

  /** Updates that come while one is written are written together. */
  async #saveAll(): Promise<void> {
    // So that updates of one moment share the first write too.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const updates = new Set(this.#waiting.splice(0))
      try {
        await withFileLock(this.#files.current, this.#clock, () => this.#save(updates))
        for (const { resolve } of updates) resolve()
      } catch (thrown) {
        for (const { reject } of updates) reject(thrown)
      }
    }
    this.#saving = null
  }

  /** Takes updates that fail by themselves out of the set. */
  async #save(updates: Set<Update>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const loaded = await loadSettings(this.#files, this.#clock.now(), true)
      this.#adopt(loaded)
      if (loaded.refusal !== null) throw loaded.refusal
      const next = applied(updates, loaded.document.settings)
      if (isDeepStrictEqual(next, loaded.document.settings)) return
      const content = Buffer.from(renderSettings(loaded.document, next))
      if (content.length > largestSettings) throw tooLarge(this.#files.current)
      try {
        await writeWholeFile(this.#files.current, content, { expected: loaded.content })
      } catch (thrown) {
        if (attempt < attempts && thrown instanceof DiagnosticError && thrown.code === 'conflict') continue
        throw thrown
      }
      // Reads what it wrote, and renews the last good copy.
      this.#adopt(await loadSettings(this.#files, this.#clock.now(), true))
      return
    }
  }

  #adopt(loaded: LoadedSettings): void {
    const before = this.warnings()
    const settings = this.current()
    const known = new Set(this.#incidents.map(identity))
    this.#incidents = [
      ...this.#incidents,
      ...loaded.incidents.filter((incident) => !known.has(identity(incident))),
    ]
    this.#loaded = loaded
    if (!isDeepStrictEqual(settings, this.current()) || !isDeepStrictEqual(before, this.warnings())) {
      this.changes.notify()
    }
  }
}

const identity = ({ message, where }: DiagnosticError): string => `${where} ${message}`

function applied(updates: Set<Update>, settings: Settings): Settings {
  let next = settings
  for (const update of updates) {
    try {
      next = checkedSettings(update.change(next))
    } catch (thrown) {
      updates.delete(update)
      update.reject(thrown)
    }
  }
  return next
}

const tooLarge = (file: string): DiagnosticError =>
  new DiagnosticError(
    'limit-exceeded',
    `The settings would be larger than ${largestSettings / 1_048_576} MiB.`,
    {
      where: file,
      hint: 'Remove hosts that are no longer used.',
    },
  )

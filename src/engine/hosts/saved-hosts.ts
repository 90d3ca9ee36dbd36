import { isDeepStrictEqual } from 'node:util'
import { toWireError, type WireError } from '@shared/errors'
import type { SavedHost } from '@shared/model/saved-host'
import type { SettingsStore } from '../settings'
import type { HostList } from './host-list'
import { sshProfile, type SshServices } from './ssh/profile'

/** Keeps a session for each host that the settings name, also when another console of the same user changes them. */
export class SavedHosts {
  readonly #settings: SettingsStore
  readonly #hosts: HostList
  readonly #services: SshServices
  /** What each session was made from. */
  readonly #shown = new Map<string, SavedHost>()
  /** Why the last use of a host was not noted. */
  #untouched: WireError | null = null

  constructor(settings: SettingsStore, hosts: HostList, services: SshServices) {
    this.#settings = settings
    this.#hosts = hosts
    this.#services = services
  }

  /** Connects those that are meant to be connected at the start. */
  connectOnStart(): void {
    for (const host of this.#settings.current().hosts)
      if (host.connectOnStart) this.#hosts.get(host.id).connect()
  }

  async save(host: SavedHost): Promise<void> {
    await this.#update((hosts) => {
      const others = hosts.some(({ id }) => id === host.id)
      return others ? hosts.map((other) => (other.id === host.id ? host : other)) : [...hosts, host]
    })
  }

  async remove(id: string): Promise<void> {
    await this.#update((hosts) => hosts.filter((host) => host.id !== id))
  }

  /** What is wrong with the settings, and with saving them. */
  warnings(): WireError[] {
    return [...this.#settings.warnings(), ...(this.#untouched === null ? [] : [this.#untouched])]
  }

  /** Notes that it was used now; hosts that are not saved are left alone. What cannot be saved is a warning. */
  async touch(id: string, now: number): Promise<void> {
    if (!this.#shown.has(id)) return
    try {
      await this.#update((hosts) => hosts.map((host) => (host.id === id ? { ...host, lastUsed: now } : host)))
    } catch (thrown) {
      this.#untouched = toWireError(thrown)
      this.#settings.changes.notify()
    }
  }

  async #update(change: (hosts: readonly SavedHost[]) => SavedHost[]): Promise<void> {
    await this.#settings.update((settings) => ({ ...settings, hosts: change(settings.hosts) }))
    if (this.#untouched !== null) {
      this.#untouched = null
      this.#settings.changes.notify()
    }
    await this.show()
  }

  /** Makes the sessions those of the settings. */
  async show(): Promise<void> {
    const saved = new Map(this.#settings.current().hosts.map((host) => [host.id, host]))
    for (const id of [...this.#shown.keys()].filter((known) => !saved.has(known))) {
      this.#shown.delete(id)
      await this.#hosts.remove(id)
    }
    for (const [id, host] of saved) {
      const before = this.#shown.get(id)
      this.#shown.set(id, host)
      if (before && reachedAlike(before, host)) {
        this.#hosts.get(id).rename(host.name)
        continue
      }
      // Another way to the host is another session: what is connected by the old one ends, and comes back by the new one.
      const wasWanted = before !== undefined && this.#hosts.get(id).wanted
      if (before) await this.#hosts.remove(id)
      const session = this.#hosts.add(sshProfile(host, this.#services))
      if (wasWanted) session.connect()
    }
  }
}

const reachedAlike = (a: SavedHost, b: SavedHost): boolean =>
  isDeepStrictEqual(
    { ...a, name: '', lastUsed: null, group: null, connectOnStart: false },
    { ...b, name: '', lastUsed: null, group: null, connectOnStart: false },
  )

import { isDeepStrictEqual } from 'node:util'
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

  /** Notes that it was used now; hosts that are not saved are left alone. */
  async touch(id: string, now: number): Promise<void> {
    if (!this.#shown.has(id)) return
    await this.#update((hosts) => hosts.map((host) => (host.id === id ? { ...host, lastUsed: now } : host)))
  }

  async #update(change: (hosts: readonly SavedHost[]) => SavedHost[]): Promise<void> {
    await this.#settings.update((settings) => ({ ...settings, hosts: change(settings.hosts) }))
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
      if (before && reachedAlike(before, host)) continue
      // Another way to the host is another session: what is connected by the old one ends.
      if (before) await this.#hosts.remove(id)
      this.#hosts.add(sshProfile(host, this.#services))
    }
  }
}

const reachedAlike = (a: SavedHost, b: SavedHost): boolean =>
  isDeepStrictEqual(
    { ...a, lastUsed: null, group: null, connectOnStart: false },
    { ...b, lastUsed: null, group: null, connectOnStart: false },
  )

import { DiagnosticError } from '@shared/errors'
import type { HostSummary } from '@shared/model/host'
import type { Clock } from '../clock'
import { Notifier } from '../notifier'
import type { HostProfile } from './profile'
import { HostSession } from './session'

/** The sessions of all hosts the console knows, in the order they were added. */
export class HostList {
  readonly changes = new Notifier()
  readonly #sessions = new Map<string, HostSession>()
  readonly #clock: Clock
  readonly #random: () => number

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock
    this.#random = random
  }

  add(profile: HostProfile): HostSession {
    if (this.#sessions.has(profile.id)) {
      throw new DiagnosticError('conflict', `There is a host "${profile.id}" already.`, { where: profile.id })
    }
    const session = new HostSession(profile, this.#clock, this.#random, () => this.changes.notify())
    this.#sessions.set(profile.id, session)
    this.changes.notify()
    return session
  }

  get(id: string): HostSession {
    const session = this.#sessions.get(id)
    if (!session) throw new DiagnosticError('not-found', `The console knows no host "${id}".`, { where: id })
    return session
  }

  summaries(): HostSummary[] {
    return [...this.#sessions.values()].map((session) => session.summary())
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.disconnect()))
  }
}

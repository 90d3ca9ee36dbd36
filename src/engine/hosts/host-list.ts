import { DiagnosticError } from '@shared/errors'
import type { HostSummary } from '@shared/model/host'
import type { Clock } from '../clock'
import { Notifier } from '../notifier'
import type { HostProfile } from './profile'
import type { SeriesBudget } from '../series/budget'
import type { RowFeed } from '../row-feed'
import { HostSession, type SessionContext } from './session'

/** The sessions of all hosts the console knows, in the order they were added. */
export class HostList {
  readonly changes = new Notifier()
  readonly #sessions = new Map<string, HostSession>()
  readonly #context: SessionContext

  constructor(clock: Clock, random: () => number, budget: SeriesBudget, rows: RowFeed) {
    this.#context = { clock, random, budget, rows, changed: () => this.changes.notify() }
  }

  add(profile: HostProfile): HostSession {
    if (this.#sessions.has(profile.id)) {
      throw new DiagnosticError('conflict', `There is a host "${profile.id}" already.`, { where: profile.id })
    }
    const session = new HostSession(profile, this.#context)
    this.#sessions.set(profile.id, session)
    this.changes.notify()
    return session
  }

  get(id: string): HostSession {
    const session = this.#sessions.get(id)
    if (!session) throw new DiagnosticError('not-found', `The console knows no host "${id}".`, { where: id })
    return session
  }

  /** Ends its session; a host that is not there is left alone. */
  async remove(id: string): Promise<void> {
    const session = this.#sessions.get(id)
    this.#sessions.delete(id)
    this.changes.notify()
    await session?.disconnect()
    session?.metrics.close()
    this.#context.rows.store.forget(id)
  }

  summaries(): HostSummary[] {
    return [...this.#sessions.values()].map((session) => session.summary())
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.disconnect()))
  }
}

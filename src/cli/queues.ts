import { DiagnosticError } from '@shared/errors'
import { messageFields } from '@shared/filter'
import type { Finding } from '@shared/model/host'
import type { BusSummary } from '@shared/model/messages'
import type { HostCommand, HostConnection } from './connection'
import { readFilter } from './filter'
import { Probed } from './probed'
import { queueJson, queueTable } from './queue-table'
import { MatchingMessages } from './waiting/matching-messages'
import { waitingJson, waitingTable } from './waiting/waiting-table'

/** Milliseconds in which the queues are read for the first time. */
const patience = 15_000

/** The queues of a host's services, or the messages that wait in them and match a filter. */
export class QueuesCommand implements HostCommand {
  readonly #connection: HostConnection
  readonly #probed: Probed
  /** Null where the queues themselves are shown. */
  readonly #matching: MatchingMessages | null
  /** Of the reading shown last, by the name of the bus. */
  readonly #shown = new Map<string, number>()
  #busy = false
  #readings = 0
  #timer: NodeJS.Timeout | null = null

  constructor(connection: HostConnection) {
    this.#connection = connection
    this.#probed = new Probed(connection, ({ subject }) => subject === 'control messages')
    const { filter } = connection.run.options
    const { ast, notices } = readFilter(filter, messageFields)
    for (const notice of notices) connection.tell(notice)
    this.#matching = filter.trim() === '' ? null : new MatchingMessages(connection, ast)
  }

  start(): void {
    this.#watch().catch(this.#connection.run.ending.fail)
  }

  found(findings: readonly Finding[]): void {
    this.#probed.found(findings)
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer)
  }

  async #watch(): Promise<void> {
    const { client, host, run } = this.#connection
    const { fail } = run.ending
    await this.#probed.usable
    this.#timer = setTimeout(() => {
      if (this.#readings === 0) fail(new DiagnosticError('timeout', 'The queues could not be read.'))
    }, patience)
    const next = (buses: readonly BusSummary[]): void => {
      // While a reading is being written others are left out.
      if (this.#busy) return
      this.#busy = true
      this.#show(buses)
        .catch(fail)
        .finally(() => (this.#busy = false))
    }
    client.subscribe('messages.watch', { host }, { next, error: fail })
  }

  async #show(buses: readonly BusSummary[]): Promise<void> {
    const { output, ending, options } = this.#connection.run
    for (const bus of buses) {
      const { name, time } = bus
      if (time === null || this.#shown.get(name) === time) continue
      const text = this.#matching ? await this.#messages(bus, time) : this.#queues(bus, time)
      await output.ready(ending.signal)
      if (ending.signal.aborted) return
      this.#shown.set(name, time)
      output.write(this.#placed(text))
      this.#readings += 1
    }
    if (this.#readings > 0 && !options.follow) ending.succeed()
  }

  #queues(bus: BusSummary, time: number): string {
    const { run, name } = this.#connection
    return run.options.json ? queueJson(name, bus, time) : queueTable(bus, time, run.output.paint)
  }

  async #messages(bus: BusSummary, time: number): Promise<string> {
    const { run, name } = this.#connection
    const found = (await this.#matching?.find(bus, time)) ?? []
    return run.options.json
      ? waitingJson(name, found, time)
      : waitingTable(bus, found, time, run.output.paint)
  }

  /** A terminal shows the newest reading only; elsewhere they stand one below the other. */
  #placed(text: string): string {
    const { options, output } = this.#connection.run
    if (options.json || !options.follow) return text
    if (output.terminal) return `\u001b[H\u001b[2J${text}`
    return this.#readings === 0 ? text : `\n${text}`
  }
}

import { DiagnosticError } from '@shared/errors'
import { compileForRows, FilterBudget, FilterTooSlow, type FilterNode } from '@shared/filter'
import type { BusSummary, QueueContents, WaitingMessage } from '@shared/model/messages'
import type { HostConnection } from '../connection'
import { utcOffset } from '../filter'
import { messageRow } from './message-row'

export interface FoundMessage {
  readonly bus: string
  readonly queue: string
  readonly service: string | null
  readonly message: WaitingMessage
  /** The whole payload, as far as the console has it. */
  readonly payload: string
}

/** Steps of regular expressions for one reading. */
const budgetSteps = 1e9

/** Finds the messages that wait in the queues of a bus and match a filter. */
export class MatchingMessages {
  readonly #connection: HostConnection
  readonly #ast: FilterNode

  constructor(connection: HostConnection, ast: FilterNode) {
    this.#connection = connection
    this.#ast = ast
  }

  /** As of a moment of our clock; the oldest first. */
  async find(bus: BusSummary, now: number): Promise<FoundMessage[]> {
    const frame = { now, utcOffset: utcOffset(now) }
    const test = compileForRows(this.#ast, { frame, budget: new FilterBudget(budgetSteps) })
    const found: FoundMessage[] = []
    for (const { name, service, depth } of bus.queues) {
      if (depth === 0) continue
      const { messages, depth: all } = await this.#contents(bus.name, name)
      if (all > messages.length) {
        this.#connection.tell(`${name}: only the newest ${messages.length} messages are looked at.`)
      }
      for (const message of messages) {
        const payload = await this.#payload(bus.name, message)
        const each = { bus: bus.name, queue: name, service, message, payload }
        if (passes(test, each)) found.push(each)
      }
    }
    return found.sort((a, b) => a.message.time - b.message.time)
  }

  /** What waits in a queue now. */
  #contents(bus: string, queue: string): Promise<QueueContents> {
    const { client, host } = this.#connection
    return new Promise((resolve, reject) => {
      const next = (contents: QueueContents): void => {
        subscription.close()
        resolve(contents)
      }
      const subscription = client.subscribe('queues.contents', { host, bus, queue }, { next, error: reject })
    })
  }

  async #payload(bus: string, { message, text, size }: WaitingMessage): Promise<string> {
    if (size <= Buffer.byteLength(text)) return text
    const { client, host } = this.#connection
    try {
      return (await client.call('messages.payload', { host, bus, message })).text
    } catch (error) {
      // It was taken out of its queue meanwhile.
      if (error instanceof DiagnosticError && error.code === 'not-found') return text
      throw error
    }
  }
}

function passes(test: ReturnType<typeof compileForRows>, found: FoundMessage): boolean {
  try {
    return test(messageRow(found))
  } catch (error) {
    if (!(error instanceof FilterTooSlow)) throw error
    throw new DiagnosticError('limit-exceeded', `The filter was ended: ${error.message}`)
  }
}

import {
  encodeByteString,
  printDiagnostics,
  printMessageId,
  printTrace,
  printTransfer,
  type ByteString,
  type Entry,
  type Queue,
  type TraceEvent,
} from '@engine/formats/message-switch'
import type { SwitchClock } from './clock'
import type { Journal } from './journal'
import type { Operation } from './operation'
import { Parking } from './parking'
import { contents, Queues, type QueueChange } from './queues'
import { Sessions } from './sessions'
import { TraceRing } from './trace-ring'

export interface SwitchOptions {
  readonly clock: SwitchClock
  /** With one, queues survive a restart. */
  readonly journal?: Journal | undefined
  /** Each trace event as it happens. */
  readonly onEvent?: ((event: TraceEvent) => void) | undefined
  readonly onShutdown?: (() => void) | undefined
  /**
   * The switch serves one request at a time: `run` is one that is ready. The default runs it at once; a replay runs it
   * when the real switch did.
   */
  readonly turn?: ((connection: number, operation: Operation, run: () => void) => void) | undefined
}

export interface Answer {
  readonly status: 200 | 404 | 500
  readonly body: ByteString
}

const ok = (body: ByteString = ''): Answer => ({ status: 200, body })
/** Of the redo log into the dump, seconds. */
const foldInterval = 5
const eventTopic = 'events'
const queueTopic = (name: string): string => `queue ${name}`

/**
 * The state of a message-switch and what its requests do to it (xapi's mswitch.ml and switch_main.ml); knows no
 * sockets. Connections are numbers that the caller gives.
 */
export class MessageSwitch {
  readonly #options: SwitchOptions
  readonly #clock: SwitchClock
  readonly #queues: Queues
  readonly #sessions = new Sessions()
  readonly #ring = new TraceRing()
  readonly #parking: Parking
  readonly #expected = new Map<string, bigint>()
  readonly #turn: (connection: number, operation: Operation, run: () => void) => void

  #stopped = false

  constructor(options: SwitchOptions) {
    this.#options = options
    this.#clock = options.clock
    this.#queues = options.journal?.replay(this.#clock.nanoseconds()) ?? new Queues()
    this.#parking = new Parking(this.#clock)
    this.#turn = options.turn ?? ((_connection, _operation, run) => run())
    if (options.journal !== undefined) this.#foldAgain(options.journal)
  }

  /** `answer` is called once, now or later; a parked request is answered even if its client has gone. */
  perform(connection: number, operation: Operation, answer: (answer: Answer) => void): void {
    const finish = (): void => {
      if (this.#stopped) return
      this.#turn(connection, operation, () => answer(this.#finish(connection, operation)))
    }
    if (operation.type === 'trace') {
      const ready = (): boolean => this.#ring.nextId > operation.from
      if (ready()) finish()
      else this.#parking.park([eventTopic], operation.timeout, ready, finish)
    } else if (operation.type === 'transfer' && this.#sessions.of(connection) !== null) {
      const { from, timeout, queues } = operation
      this.#recordTransfer(timeout, queues)
      const ready = (): boolean => this.#queues.hasBeyond(from, queues)
      if (ready()) finish()
      else this.#parking.park(queues.map(queueTopic), timeout, ready, finish)
    } else finish()
  }

  /** When the last request of a connection was answered and it has gone. */
  disconnect(connection: number): void {
    const token = this.#sessions.of(connection)
    this.#sessions.remove(connection)
    if (this.#stopped || token === null || this.#sessions.isActive(token)) return
    for (const name of this.#queues.ownedBy(token)) this.#change({ type: 'remove', name })
  }

  /** Nothing happens any more: who is parked gets no answer. */
  stop(): void {
    this.#stopped = true
  }

  /** Events so far, by which a follower's losses are counted. */
  get nextEventId(): bigint {
    return this.#ring.nextId
  }

  /** What would be answered at this moment; changes nothing. */
  read(operation: Extract<Operation, { type: 'diagnostics' | 'trace' }>): Answer {
    return ok(operation.type === 'trace' ? printTrace(this.#ring.since(operation.from)) : this.#diagnostics())
  }

  #finish(connection: number, operation: Operation): Answer {
    if (operation.type === 'diagnostics' || operation.type === 'trace') return this.read(operation)
    if (operation.type === 'login') {
      this.#sessions.add(connection, operation.token)
      return ok()
    }
    const session = this.#sessions.of(connection)
    return session === null ? { status: 404, body: 'Please log in.' } : this.#withSession(session, operation)
  }

  #withSession(
    session: string,
    operation: Exclude<Operation, { type: 'login' | 'diagnostics' | 'trace' }>,
  ): Answer {
    switch (operation.type) {
      case 'persistent':
      case 'transient': {
        const { name } = operation
        this.#change({ type: 'add', name, owner: operation.type === 'transient' ? session : null })
        return ok(encodeByteString(name))
      }
      case 'destroy':
        this.#change({ type: 'remove', name: operation.name })
        return ok()
      case 'list':
        return ok(this.#list(operation.prefix, operation.alive))
      case 'ack': {
        const { id } = operation
        this.#trace({ input: session, queue: id.queue, traced: { type: 'ack', id } })
        this.#change({ type: 'ack', id })
        return ok()
      }
      case 'send':
        return ok(this.#send(session, operation))
      case 'transfer':
        return ok(this.#transfer(session, operation))
      case 'shutdown':
        this.#clock.after(1, () => this.#options.onShutdown?.())
        return ok()
    }
  }

  #send(session: string, { queue: name, message }: Extract<Operation, { type: 'send' }>): ByteString {
    const queue = this.#queues.get(name)
    if (queue === undefined) return '[]'
    const id = { queue: name, id: queue.nextId }
    queue.nextId += 1n
    this.#trace({ input: session, queue: name, traced: { type: 'message', id, message } })
    this.#change({ type: 'send', id, origin: { type: 'name', name: session }, message })
    return `[${printMessageId(id)}]`
  }

  #transfer(
    session: string,
    { from, timeout, queues }: Extract<Operation, { type: 'transfer' }>,
  ): ByteString {
    this.#recordTransfer(timeout, queues)
    const entries = this.#queues.beyond(from, queues)
    for (const { id, message } of entries) {
      const request = message.kind.type === 'response' ? this.#entry(message.kind.to) : undefined
      this.#trace({
        output: session,
        queue: id.queue,
        traced: { type: 'message', id, message },
        processingTime: request === undefined ? null : this.#clock.nanoseconds() - request.time,
      })
    }
    const [first, ...others] = entries.map(({ id }) => id.id)
    const next = first === undefined ? from : others.reduce((most, id) => (id > most ? id : most), first)
    return printTransfer(entries, next)
  }

  #entry(id: Entry['id']): Entry | undefined {
    return this.#queues.get(id.queue)?.entries.get(id.id)
  }

  #list(prefix: string, alive: boolean): ByteString {
    const names = this.#queues.names(prefix).filter((name) => !alive || this.#expected.has(name))
    return encodeByteString(JSON.stringify(names.reverse()))
  }

  #diagnostics(): ByteString {
    const all = this.#queues.names().flatMap((name) => this.#queues.get(name) ?? [])
    const queue = (stored: (typeof all)[number]): Queue => ({
      name: stored.name,
      nextTransferExpected: this.#expected.get(stored.name) ?? null,
      contents: contents(stored),
    })
    return printDiagnostics({
      startTime: 0n,
      currentTime: this.#clock.nanoseconds(),
      permanentQueues: all.filter(({ owner }) => owner === null).map(queue),
      transientQueues: all.filter(({ owner }) => owner !== null).map(queue),
    })
  }

  #foldAgain(journal: Journal): void {
    this.#clock.after(foldInterval, () => {
      if (this.#stopped) return
      journal.fold(this.#clock.nanoseconds())
      this.#foldAgain(journal)
    })
  }

  #recordTransfer(timeout: number, queues: readonly string[]): void {
    const expected = this.#clock.nanoseconds() + BigInt(Math.trunc(timeout * 1e9))
    for (const name of queues) this.#expected.set(name, expected)
  }

  #change(change: QueueChange): void {
    this.#queues.apply(change, this.#clock.nanoseconds())
    this.#options.journal?.push(change)
    if (change.type === 'send') this.#parking.wake(queueTopic(change.id.queue))
  }

  #trace(event: Pick<TraceEvent, 'queue' | 'traced'> & Partial<TraceEvent>): void {
    const { input = null, output = null, processingTime = null, queue, traced } = event
    const time = this.#clock.unixSeconds()
    const added = this.#ring.add({ time, input, queue, output, traced, processingTime })
    this.#options.onEvent?.(added)
    this.#parking.wake(eventTopic)
  }
}

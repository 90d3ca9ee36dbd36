import { Notifier } from '../notifier'
import type { MessageBus, MessageContent, MessageEvent, MessageSink, QueueState } from '../message-sink'
import type { RowSink } from '../row-sink'
import { CallBook, latencyOf, type Call } from './call-book'
import { LatencyBook } from './latency-book'
import { messageLine } from './message-rows'
import { ofRun, queueOfRun } from './run-names'
import { ServiceRates } from './service-rates'
import { WholePayloads } from './whole-payloads'

/** Rows handed on together. */
const batchRows = 512

/** All that is known of one bus: calls, latencies, queues, and what was not seen. */
export class MessageBoard implements MessageSink {
  readonly bus: MessageBus
  readonly calls = new CallBook()
  readonly latencies = new LatencyBook()
  readonly rates = new ServiceRates()
  /** Queue contents are new. */
  readonly queueChanges = new Notifier()
  position: string | null = null
  readonly #rows: RowSink
  readonly #payloads = new WholePayloads()
  #queues: readonly QueueState[] = []
  #queuesAt: number | null = null
  /** Messages whose payload was cut, and that may still wait whole in their queue. */
  readonly #cut = new Set<string>()
  /** Events seen, and known not to have been. */
  #seen = 0
  #missed = 0
  #missedUnknown = false
  /** Restarts of the bus so far: after each of them its messages are numbered from the beginning. */
  #run = 0

  constructor(bus: MessageBus, rows: RowSink) {
    this.bus = bus
    this.#rows = rows
  }

  /** Number of the stream that its rows are in. */
  get stream(): number {
    return this.#rows.stream
  }

  get queueStates(): { readonly states: readonly QueueState[]; readonly time: number | null } {
    return { states: this.#queues, time: this.#queuesAt }
  }

  /** How much of the bus was seen; `share` is null where nobody could count what was not. */
  get coverage(): { seen: number; missed: number; share: number | null } {
    const all = this.#seen + this.#missed
    const share = this.#missedUnknown ? null : all === 0 ? 1 : this.#seen / all
    return { seen: this.#seen, missed: this.#missed, share }
  }

  /** The whole payload of a message, while it waits in its queue or was seen there; null where it is not. */
  payload(message: string): MessageContent | null {
    for (const { waiting } of this.#queues) {
      const found = waiting.find((each) => each.message === message)
      if (found) return found.content
    }
    return this.#payloads.find(message)
  }

  /** Whether a cut payload was seen whose whole may still be in a queue. */
  get wantsQueues(): boolean {
    return this.#cut.size > 0
  }

  observed(events: readonly MessageEvent[]): void {
    this.#seen += events.length
    let lines: string[] = []
    let row = this.#rows.next
    const flush = (): void => {
      this.#append(lines)
      lines = []
    }
    for (const told of events) {
      const event = this.#run === 0 ? told : ofRun(this.#run, told)
      if (event.step !== 'sent' || event.content === null) {
        this.calls.passed(event)
        continue
      }
      // It was met in its queue already.
      if (this.calls.wasMet(event)) continue
      lines.push(this.#line(event, row++))
      if (lines.length >= batchRows) flush()
    }
    flush()
  }

  missed(count: number | null, from: number | null, to: number | null, reason: string): void {
    if (count === null) this.#missedUnknown = true
    else this.#missed += count
    this.#rows.gap({ count, from, to, reason })
  }

  queues(told: readonly QueueState[], time: number): void {
    const states = this.#run === 0 ? told : told.map((state) => queueOfRun(this.#run, state))
    this.#queues = states
    for (const { waiting } of states) {
      for (const { message, content } of waiting) {
        if (this.#cut.delete(message)) this.#payloads.keep(message, content)
      }
    }
    this.#queuesAt = time
    const waiting = new Set(states.flatMap((state) => state.waiting.map(({ message }) => message)))
    // What was sent after the contents were read cannot be in them.
    this.calls.lose((call) => (call.times.sent ?? Infinity) < time - settleTime && !waiting.has(call.message))
    this.#meet(states, time)
    this.rates.waiting(states)
    this.queueChanges.notify()
  }

  total(events: number, time: number): void {
    this.rates.total(events, time)
  }

  restarted(): void {
    this.#run++
    this.#cut.clear()
    this.calls.lose(() => true)
    this.rates.restarted()
  }

  /** Requests that wait for long and whose sending was not seen: from before the connection, or lost. */
  #meet(states: readonly QueueState[], time: number): void {
    const lines: string[] = []
    for (const { name, waiting } of states) {
      for (const { message, time: sent, from, content } of waiting) {
        if (content.kind !== 'request' || sent > time - settleTime || this.calls.find(message)) continue
        const event: MessageEvent = { time: sent, step: 'sent', queue: name, message, party: from, content }
        lines.push(this.#line(event, this.#rows.next + lines.length, true))
      }
    }
    this.#append(lines)
  }

  #line(event: MessageEvent, row: number, met = false): string {
    const { content } = event
    if (content?.truncated) this.#noteCut(event.message)
    const asked = content?.answers?.queue ?? event.queue
    const service = this.bus.serviceOf(asked)
    if (content?.kind === 'response') return this.#response(event, content, service, row)
    this.rates.sent({ queue: event.queue, id: content?.id ?? '', met }, service, 'request', false)
    const call: Call | null = this.calls.begin(event, row, met)
    return messageLine(event, { service, to: call?.to ?? service, method: null, task: null, latency: null })
  }

  #response(event: MessageEvent, content: MessageContent, service: string | null, row: number): string {
    const call = this.calls.answer(event, row)
    const latency = call ? latencyOf(call) : null
    if (call && latency !== null && service !== null) {
      this.latencies.add(service, call.method, event.time, latency / 1_000)
    }
    this.rates.sent(
      { queue: event.queue, id: content.id, met: false },
      service,
      'response',
      content.ok === false,
    )
    return messageLine(event, {
      service,
      to: call?.from ?? null,
      method: call?.method ?? null,
      task: call?.task ?? null,
      latency,
    })
  }

  #noteCut(message: string): void {
    this.#cut.add(message)
    const [oldest] = this.#cut
    if (this.#cut.size > maxCut && oldest !== undefined) this.#cut.delete(oldest)
  }

  #append(lines: readonly string[]): void {
    if (lines.length === 0) return
    const bytes = Buffer.from(lines.join(''))
    const ends = new Int32Array(lines.length)
    let end = 0
    lines.forEach((line, at) => (ends[at] = end += Buffer.byteLength(line)))
    this.#rows.append({ bytes, ends, count: lines.length })
  }
}

/** Cut messages that are looked for in the queues. */
const maxCut = 10_000

/** Milliseconds between sending and being seen in a queue, clocks and transport included. */
const settleTime = 2_000

import { isAborted } from '@shared/errors'
import type { Clock } from '../../clock'
import { parseTrace, type TraceEvent } from '../../formats/message-switch'
import type { MessageSink } from '../source'
import { messageEvent } from './events'
import type { SwitchReader } from './reader'
import { tracePath } from './requests'

/** Seconds that the switch may keep a request waiting for the next event. */
const longPoll = 20

/**
 * Follows the trace of a switch. Its ring holds 16 events, so the next request leaves as soon as the highest id of
 * an answer is known; what its events say is read while that one is on its way. Ids count up by one over the whole
 * switch, so what was missed is known to the last event.
 */
export class TraceFollower {
  readonly #sink: MessageSink
  readonly #clock: Clock
  /** Id of the next event; null while none was seen. */
  #next: bigint | null
  #lastTime: number | null = null
  /** Host's clock less ours, milliseconds: events are a little old when they arrive, so it is the highest seen. */
  #lead = -Infinity

  constructor(sink: MessageSink, clock: Clock) {
    this.#sink = sink
    this.#clock = clock
    this.#next = sink.position === null ? null : BigInt(sink.position)
  }

  /** The host's clock now, as far as events have told. */
  hostNow(): number {
    return this.#clock.now() + (this.#lead === -Infinity ? 0 : this.#lead)
  }

  /** Until the signal is aborted; rejects when the switch goes away. */
  async run(reader: SwitchReader, signal: AbortSignal): Promise<void> {
    this.#resume(parseTrace(await reader.get(tracePath(-1n, 0), signal)))
    while (!isAborted(signal)) {
      const body = await reader.get(tracePath(this.#next ?? 0n, longPoll), signal)
      let events = parseTrace(body)
      for (;;) {
        const highest = events.at(-1)
        if (!highest || isAborted(signal)) break
        const following = reader.get(tracePath(highest.id + 1n, longPoll), signal)
        // Whoever fails while we read what came is heard afterwards.
        following.catch(() => undefined)
        this.#take(events)
        events = parseTrace(await following)
      }
    }
  }

  /** What the ring holds at the start: everything there is, or what came since the last connection. */
  #resume(events: readonly TraceEvent[]): void {
    const highest = events.at(-1)
    const known = this.#next
    if (known === null) return this.#take(events)
    if (highest === undefined ? known > 0n : highest.id + 1n < known) {
      const now = this.hostNow()
      this.#sink.restarted(now)
      this.#sink.missed(
        null,
        this.#lastTime,
        now,
        'message-switch was restarted: what it had not told is gone.',
      )
      this.#next = null
      return this.#take(events)
    }
    this.#take(events.filter(({ id }) => id >= known))
  }

  #take(events: readonly TraceEvent[]): void {
    const received = this.#clock.now()
    const seen = events.map(messageEvent)
    let start = 0
    events.forEach(({ id }, index) => {
      const time = seen[index]?.time ?? received
      if (this.#next !== null && id > this.#next) {
        this.#sink.observed(seen.slice(start, index))
        this.#sink.missed(
          Number(id - this.#next),
          this.#lastTime,
          time,
          'Events left the ring of the trace before they could be read.',
        )
        start = index
      }
      this.#next = id + 1n
      this.#lastTime = time
      this.#lead = Math.max(this.#lead, time - received)
    })
    this.#sink.observed(seen.slice(start))
    if (this.#next === null) return
    this.#sink.position = this.#next.toString()
    this.#sink.total(Number(this.#next), this.#lastTime ?? received)
  }
}

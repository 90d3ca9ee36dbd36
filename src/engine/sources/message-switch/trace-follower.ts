import { isAborted } from '@shared/errors'
import type { Clock } from '../../clock'
import { parseTrace, type TraceEvent } from '../../formats/message-switch'
import type { MessageSink } from '../source'
import { messageEvent } from './events'
import type { SwitchReader } from './reader'
import { tracePath } from './requests'

/** Seconds that the switch may keep a request waiting for the next event. */
const longPoll = 20
/** The same for those that wait behind another. */
const shortPoll = 0.1
/** Requests that may be on their way at once. */
const maxDepth = 16
/** Events a second beyond which most are lost anyway: more requests would only cost the host more. */
const worthwhile = 1_500
/** Milliseconds by which an event may be late; beyond it the host's clock was set back. */
const clockJump = 30_000
/** Milliseconds over which events are counted. */
const rateWindow = 1_000

interface Poll {
  /** It asks for events from this id on. */
  readonly from: bigint
  readonly answer: Promise<Uint8Array>
}

/**
 * Follows the trace of a switch. Its ring holds 16 events, so the next request leaves as soon as the highest id of
 * an answer is known; what its events say is read while that one is on its way. Where events are lost all the same,
 * requests for the next ids are sent ahead, one behind the other: the switch answers each as its event happens,
 * however far away we are. Ids count up by one over the whole switch, so what was missed is known to the last event.
 */
export class TraceFollower {
  readonly #sink: MessageSink
  readonly #clock: Clock
  /** Id of the next event; null while none was seen. */
  #next: bigint | null
  #lastTime: number | null = null
  /** Host's clock less ours, milliseconds: events are a little old when they arrive, so it is the highest seen. */
  #lead = -Infinity
  #counted = { at: -Infinity, id: 0n, rate: 0 }

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
    const waiting: Poll[] = []
    let next = this.#next ?? 0n
    let depth = 1
    /** Polls that ask from beyond the next event, because those before them waited in vain: they are let run out. */
    let stale = 0
    const ask = (): void => {
      while (waiting.length < depth) {
        const last = waiting.at(-1)
        const from = last && last.from >= next ? last.from + 1n : next
        const answer = reader.get(tracePath(from, last ? shortPoll : longPoll), signal)
        // Whoever fails while we read what came is heard in its turn.
        answer.catch(() => undefined)
        waiting.push({ from, answer })
      }
    }
    while (!isAborted(signal)) {
      if (stale === 0) ask()
      const poll = waiting.shift()
      if (!poll) return
      const answered = parseTrace(await poll.answer)
      if (stale > 0) {
        stale--
        continue
      }
      const events = answered.filter(({ id }) => id >= next)
      const highest = events.at(-1)
      if (highest) {
        const lost = highest.id - next >= BigInt(events.length)
        if (this.#rate(highest.id) > worthwhile) depth = 1
        else if (lost && reader.pipelines) depth = Math.min(maxDepth, depth * 2)
        next = highest.id + 1n
        ask()
        this.#take(events)
      } else if (poll.from >= next) {
        stale = waiting.length
        depth = 1
      }
    }
  }

  /** Events a second, as the ids have told of the last second or so. */
  #rate(id: bigint): number {
    const now = this.#clock.monotonic()
    const elapsed = now - this.#counted.at
    if (elapsed < rateWindow) return this.#counted.rate
    const rate = (Number(id - this.#counted.id) * 1_000) / elapsed
    this.#counted = { at: now, id, rate: this.#counted.at === -Infinity ? 0 : rate }
    return this.#counted.rate
  }

  /** Another switch counts from the beginning. */
  restarted(): void {
    if (this.#next === null) return
    const now = this.hostNow()
    this.#sink.restarted(now)
    this.#sink.missed(
      null,
      this.#lastTime,
      now,
      'message-switch was restarted: what it had not told is gone.',
    )
    this.#next = null
    this.#sink.position = null
  }

  /** What the ring holds at the start: everything there is, or what came since the last connection. */
  #resume(events: readonly TraceEvent[]): void {
    const highest = events.at(-1)
    const known = this.#next
    if (known === null) return this.#take(events)
    if (highest === undefined ? known > 0n : highest.id + 1n < known) {
      this.restarted()
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
      this.#lead =
        time - received < this.#lead - clockJump ? time - received : Math.max(this.#lead, time - received)
    })
    this.#sink.observed(seen.slice(start))
    if (this.#next === null) return
    this.#sink.position = this.#next.toString()
    this.#sink.total(Number(this.#next), this.#lastTime ?? received)
  }
}

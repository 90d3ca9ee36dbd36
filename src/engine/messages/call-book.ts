import type { MessageEvent } from '../message-sink'

/** Moments of one call, epoch milliseconds; null where the event was not seen, or has not happened. */
export interface CallTimes {
  sent: number | null
  delivered: number | null
  acknowledged: number | null
  answered: number | null
  answerDelivered: number | null
  answerAcknowledged: number | null
}

export type CallStatus = 'pending' | 'answered' | 'lost'

export interface Call {
  /** The request's message. */
  readonly message: string
  readonly queue: string
  readonly id: string
  readonly from: string | null
  readonly method: string | null
  readonly task: string | null
  readonly times: CallTimes
  status: CallStatus
  ok: boolean | null
  /** Who took the request. */
  to: string | null
  /** Numbers of the rows of the request and the response in their stream. */
  requestRow: number
  responseRow: number | null
  /** The response's message. */
  answer: string | null
  /** It was found waiting in its queue: its sending was not seen. */
  readonly met: boolean
}

/** Calls that are kept after their end: about 30 MB. */
const keptCalls = 60_000
/** Many at once: a walk over a map begins with all the places that were emptied before. */
const shrinkBy = 5_000
/** Milliseconds by which the time that a queue tells of a message may differ from that of its event. */
const sameSending = 60_000

/** Milliseconds from request to response; null where one of the two was not seen. */
export function latencyOf({ times: { sent, answered } }: Call): number | null {
  return sent === null || answered === null ? null : Math.max(0, answered - sent)
}

/** Joins the steps of requests and responses into calls. */
export class CallBook {
  readonly #calls = new Map<string, Call>()
  readonly #pending = new Map<string, Call>()
  /** Responses on their way, by their own message. */
  readonly #answers = new Map<string, Call>()

  get pending(): Iterable<Call> {
    return this.#pending.values()
  }

  find(message: string): Call | undefined {
    return this.#calls.get(message)
  }

  /** The call that a request, or a response that is still remembered, belongs to. */
  callOf(message: string): Call | undefined {
    return this.#calls.get(message) ?? this.#answers.get(message)
  }

  /** Whether this sending is that of a request that was found in its queue before. */
  wasMet({ message, time }: MessageEvent): boolean {
    const call = this.#calls.get(message)
    // A queue that is made anew numbers its messages from the beginning.
    return call?.met === true && Math.abs((call.times.sent ?? -Infinity) - time) < sameSending
  }

  /** A request was sent, or `met` in its queue. */
  begin(event: MessageEvent, row: number, met = false): Call | null {
    const { content } = event
    if (content?.kind !== 'request') return null
    const call: Call = {
      message: event.message,
      queue: event.queue,
      id: content.id,
      from: event.party,
      method: content.method,
      task: content.task,
      times: {
        sent: event.time,
        delivered: null,
        acknowledged: null,
        answered: null,
        answerDelivered: null,
        answerAcknowledged: null,
      },
      status: 'pending',
      ok: null,
      to: null,
      requestRow: row,
      responseRow: null,
      answer: null,
      met,
    }
    this.#forget(call.message)
    this.#calls.set(call.message, call)
    this.#pending.set(call.message, call)
    this.#shrink()
    return call
  }

  /** A response was sent; null where its request was not seen. */
  answer(event: MessageEvent, row: number): Call | null {
    const answers = event.content?.answers
    const call = answers ? this.#calls.get(answers.message) : undefined
    if (call?.times.answered !== null) return null
    call.times.answered = event.time
    call.status = 'answered'
    call.ok = event.content?.ok ?? null
    call.to ??= event.party
    call.responseRow = row
    call.answer = event.message
    this.#pending.delete(call.message)
    this.#answers.set(event.message, call)
    return call
  }

  /** A message was handed to who waited for it, or that one said that it is done with it. */
  passed(event: MessageEvent): void {
    const answered = this.#answers.get(event.message)
    const call = answered ?? this.#calls.get(event.message)
    if (!call) return
    const { times } = call
    if (event.step === 'delivered') {
      if (answered) times.answerDelivered ??= event.time
      else {
        times.delivered ??= event.time
        call.to ??= event.party
      }
    } else if (answered) {
      times.answerAcknowledged ??= event.time
      this.#answers.delete(event.message)
    } else times.acknowledged ??= event.time
  }

  /** Calls whose end was not seen: those pending that `waits` no more, and all of them after a restart. */
  lose(gone: (call: Call) => boolean): Call[] {
    const lost = [...this.#pending.values()].filter(gone)
    for (const call of lost) {
      call.status = 'lost'
      this.#pending.delete(call.message)
    }
    return lost
  }

  /** Oldest first; those that are pending stay, unless there are nothing but them. */
  #shrink(): void {
    if (this.#calls.size <= keptCalls) return
    let surplus = this.#calls.size - keptCalls + shrinkBy
    for (const [message, call] of this.#calls) {
      if (call.status === 'pending' && this.#pending.size < keptCalls / 2) continue
      this.#forget(message)
      if (--surplus === 0) break
    }
  }

  #forget(message: string): void {
    const call = this.#calls.get(message)
    if (!call) return
    this.#calls.delete(message)
    this.#pending.delete(message)
    // The end of a response may never have been seen.
    if (call.answer !== null && this.#answers.get(call.answer) === call) this.#answers.delete(call.answer)
  }
}

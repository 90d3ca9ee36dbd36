import type { CallDetails } from '@shared/model/messages'

/** One call as bars on a common axis; times are milliseconds from its first moment. */

export interface TimelineBar {
  readonly name: string
  /** Who it waits for. */
  readonly hint: string
  readonly from: number
  readonly to: number
  /** It goes on. */
  readonly open: boolean
  readonly tone: 'queue' | 'work'
}

export interface TimelineMoment {
  readonly name: string
  /** Epoch milliseconds; null where it was not seen or has not happened. */
  readonly time: number | null
  /** From the first moment. */
  readonly offset: number | null
  readonly missing: 'not yet' | 'not seen' | null
}

export interface CallTimeline {
  readonly start: number
  /** Length of the axis, milliseconds; never 0. */
  readonly length: number
  readonly moments: readonly TimelineMoment[]
  readonly bars: readonly TimelineBar[]
}

type MomentName = keyof CallDetails['times']

const moments: readonly (readonly [key: MomentName, name: string])[] = [
  ['sent', 'request sent'],
  ['delivered', 'taken by the service'],
  ['answered', 'reply sent'],
  ['acknowledged', 'request acknowledged'],
  ['answerDelivered', 'reply taken'],
  ['answerAcknowledged', 'reply acknowledged'],
]

const phases: readonly (readonly [
  from: MomentName,
  to: MomentName,
  name: string,
  hint: string,
  tone: TimelineBar['tone'],
])[] = [
  ['sent', 'delivered', 'waits in the queue', 'until the service takes it', 'queue'],
  ['delivered', 'answered', 'service works', 'until it sends the reply', 'work'],
  ['answered', 'answerDelivered', 'reply waits', 'until the caller takes it', 'queue'],
  ['answerDelivered', 'answerAcknowledged', 'caller reads it', 'until it acknowledges the reply', 'work'],
]

/** `now`: epoch milliseconds, for a call that goes on. Null where not one of its moments was seen. */
export function callTimeline({ times, status }: CallDetails, now: number): CallTimeline | null {
  const known = Object.values(times).filter((time) => time !== null)
  if (known.length === 0) return null
  const start = Math.min(...known)
  const pending = status === 'pending'
  const end = pending ? Math.max(now, ...known) : Math.max(...known)
  const last = Math.max(-1, ...moments.map(([key], at) => (times[key] === null ? -1 : at)))
  const bars: TimelineBar[] = []
  for (const [from, to, name, hint, tone] of phases) {
    const begin = times[from]
    if (begin === null) continue
    const close = times[to]
    const open = close === null && pending
    if (close === null && !open) continue
    bars.push({ name, hint, tone, open, from: begin - start, to: Math.max(begin, close ?? end) - start })
    // What comes after waits for this.
    if (open) break
  }
  return {
    start,
    length: Math.max(1, end - start),
    bars,
    moments: moments.map(([key, name], at) => {
      const time = times[key]
      const missing = time !== null ? null : pending && at > last ? 'not yet' : 'not seen'
      return { name, time, offset: time === null ? null : time - start, missing }
    }),
  }
}

import * as v from 'valibot'
import { formatClock } from '@shared/units'
import type { Loss } from './loss-account'

const gapShape = v.object({
  /** Null where nobody could count. */
  count: v.nullable(v.number()),
  from: v.nullable(v.number()),
  to: v.nullable(v.number()),
  reason: v.string(),
})
/** Rows that are missing at one place. Times are epoch milliseconds by the host's clock. */
export type Gap = v.InferOutput<typeof gapShape>

/** What a row says that stands for missing ones. */
export function readGap(text: string): Gap {
  try {
    const read = v.safeParse(gapShape, JSON.parse(text))
    if (read.success) return read.output
  } catch {
    // Said below.
  }
  return { count: null, from: null, to: null, reason: text }
}

/** Rows that left the memory for rows before they could be printed. */
export function unreadGap({ count, atLeast }: Loss, now: number): Gap {
  const matching = atLeast ? ` At least ${count} of them would have matched.` : ''
  const reason = `The output was read too slowly: they left the memory for rows before they could be printed.${matching}`
  return { count: atLeast ? null : count, from: null, to: now, reason }
}

export function gapText(
  { count, from, to, reason }: Gap,
  what: readonly [one: string, many: string],
): string {
  const [one, many] = what
  const number = count === null ? `An unknown number of ${many}` : `${count} ${count === 1 ? one : many}`
  const bounds = [
    from === null ? '' : ` after ${formatClock(from)}`,
    to === null ? '' : ` before ${formatClock(to)}`,
  ].join('')
  return `--- ${number} missing${bounds}${reason === '' ? '' : `: ${reason}`} ---`
}

import { formatClock, formatText } from '@shared/units'
import * as v from 'valibot'

/** What a line on screen says of a row's text. */

const gap = v.object({
  count: v.nullable(v.number()),
  from: v.nullable(v.number()),
  to: v.nullable(v.number()),
  reason: v.string(),
})

/** The sentence of a row that stands for missing rows. */
export function gapSentence(text: string, zone?: string): string {
  let parsed: unknown = null
  try {
    parsed = JSON.parse(text)
  } catch {
    // Said below.
  }
  const read = v.safeParse(gap, parsed)
  if (!read.success) return 'Rows were lost here.'
  const { count, from, to, reason } = read.output
  const what =
    count === null
      ? 'An unknown number of lines lost'
      : `${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'} lost`
  const clock = (time: number): string => formatClock(time, zone)
  const when =
    from !== null && to !== null
      ? ` between ${clock(from)} and ${clock(to)}`
      : to !== null
        ? ` before ${clock(to)}`
        : from !== null
          ? ` after ${clock(from)}`
          : ''
  return `${what}${when}${reason === '' ? '' : `: ${reason}`}`
}

/** The stamp that a line begins with: the time column says it already. `<13>`, `[`, and what follows are left. */
const stamp =
  /^(?:<\d{1,3}>(?:1 )?)?\[?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-?\d\d-?\d\d[T ]\d\d:?\d\d:?\d\d(?:[.,]\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)\]?[:,]? ?/

/** Behind its stamp a line of syslog names its host, which the columns name too. */
const hostBefore = /^[\w.-]+ (?=[\w./-]{1,64}(?:\[\d+\])?: )/

function withoutStamp(line: string): string {
  const found = stamp.exec(line)
  return found ? line.slice(found[0].length).replace(hostBefore, '') : line
}

export interface LineText {
  /** First line, without its stamp. */
  readonly head: string
  /** Lines below it, as far as they are known; null for a row of one line. */
  readonly further: string | null
}

/** `partial`: the text goes on beyond what is given. */
export function lineOf(text: string, partial: boolean, keepStamp = false): LineText {
  const cut = text.indexOf('\n')
  const first = cut < 0 ? text : text.slice(0, cut)
  const head = keepStamp ? first : withoutStamp(first)
  if (cut < 0) return { head, further: null }
  let lines = 0
  for (let at = cut; at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return { head, further: `+${lines}${partial ? '…' : ''} ${lines === 1 && !partial ? 'line' : 'lines'}` }
}

/** What is said of a row that was cut. */
export const cutNote = (length: number): string => `cut, was ${formatText(length, 'bytes')}`

/**
 * The id that ties the lines of one task together: xapi's `R:5f3a1c0d` and the like, a reference, else a UUID.
 * Null where the text names none.
 */
export function taskIdOf(text: string): string | null {
  const short = /\b[A-Z]:[0-9a-f]{8,32}\b/.exec(text)
  if (short) return short[0]
  return /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/.exec(text)?.[0] ?? null
}

/** The last part of a path; other names stay. */
export const shortSource = (name: string): string => name.slice(name.lastIndexOf('/') + 1) || name

import type { FieldTest } from './ast'
import type { FieldType } from './fields'
import { levelRank } from './levels'
import { readTime, type WrittenTime } from './times'
import { readDuration, readNumber, readSize } from './units'

export type Scale = 'number' | 'duration' | 'size' | 'level' | 'time'

/** A written value on a scale: a point, or the span that its precision leaves open (`end` excluded). */
export interface Operand {
  readonly scale: Scale
  readonly base: WrittenTime['base']
  readonly start: number
  readonly end: number
}

const point = (scale: Scale, value: number | undefined): Operand | undefined =>
  value === undefined ? undefined : { scale, base: 'epoch', start: value, end: value }

function timeOperand(text: string): Operand | undefined {
  const time = readTime(text)
  return time && { scale: 'time', ...time }
}

/** Reads a value for a field of unknown type: by its unit, or as a whole date. */
function anyOperand(text: string): Operand | undefined {
  const number = point('number', readNumber(text)) ?? point('duration', readDuration(text))
  if (number) return number
  const size = point('size', readSize(text))
  if (size) return size
  const time = timeOperand(text)
  return time && (time.base === 'epoch' || time.base === 'local') && !text.startsWith('@') ? time : undefined
}

/** A value as its field's type reads it; undefined where it is none of the type. */
export function readOperand(text: string, type: FieldType): Operand | undefined {
  switch (type) {
    case 'number':
      return point('number', readNumber(text))
    case 'duration':
      return point('duration', readDuration(text))
    case 'size':
      return point('size', readSize(text))
    case 'level':
      return point('level', levelRank(text))
    case 'time':
      return timeOperand(text)
    case 'text':
      return anyOperand(text)
    case 'bool':
      return undefined
  }
}

/** Examples of what an ordered comparison on a type takes: the expected tokens of an error. */
export const operandExamples: Readonly<Record<FieldType, readonly string[]>> = {
  number: ['a number such as 42'],
  duration: ['a duration with its unit such as 250ms or 2s'],
  size: ['a size such as 64KiB or 1.5MiB'],
  level: ['a level such as warn or error'],
  time: ['a time such as -5m, 12:30 or 2026-02-03T12:30'],
  text: ['a value'],
  bool: ['field:true or field:false'],
}

/** Numbers from `low` to `high`; an end is open or belongs to it. Infinite: no end. */
export interface Interval {
  readonly low: number
  readonly lowOpen: boolean
  readonly high: number
  readonly highOpen: boolean
}

/** The interval of one bound; a span counts whole: after a day is after its end, up to a day includes it. */
export function intervalOf(op: '=' | '<' | '<=' | '>' | '>=', { start, end }: Operand): Interval {
  const span = end > start
  switch (op) {
    case '=':
      return { low: start, lowOpen: false, high: end, highOpen: span }
    case '>':
      return { low: end, lowOpen: !span, high: Infinity, highOpen: false }
    case '>=':
      return { low: start, lowOpen: false, high: Infinity, highOpen: false }
    case '<':
      return { low: -Infinity, lowOpen: false, high: start, highOpen: true }
    case '<=':
      return { low: -Infinity, lowOpen: false, high: end, highOpen: span }
  }
}

export const within = (value: number, { low, lowOpen, high, highOpen }: Interval): boolean =>
  (lowOpen ? value > low : value >= low) && (highOpen ? value < high : value <= high)

/** The texts of a test that are read as values. */
export function testValues(test: FieldTest): readonly string[] {
  switch (test.op) {
    case 'has':
    case 'wildcard':
    case 'regex':
      return []
    case 'range':
      return [test.low, test.high].filter((end) => end !== null)
    case ':':
    case '=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return [test.value]
  }
}

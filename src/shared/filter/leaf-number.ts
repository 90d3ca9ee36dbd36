import type { FieldType } from './fields'
import { levelNames, levelRank } from './levels'
import type { Scale } from './operand'
import type { FieldLeaf } from './row'
import { baseTime, readTime } from './times'
import { readDuration, readNumber, readSize } from './units'

/** A row's value as a number on a scale; NaN where it is none. Its own times without a zone are UTC. */
export function leafNumber(leaf: FieldLeaf, scale: Scale): number {
  if (typeof leaf === 'number') return scale === 'level' ? (levelRank(leaf) ?? NaN) : leaf
  return typeof leaf === 'string' ? (textNumber(leaf, scale) ?? NaN) : NaN
}

/** What wildcards and regular expressions see of a number: of a severity its name. */
export const numberText = (value: number, type: FieldType): string =>
  (type === 'level' ? levelNames[value] : undefined) ?? String(value)

function textNumber(text: string, scale: Scale): number | undefined {
  switch (scale) {
    case 'number':
      return readNumber(text)
    case 'duration':
      return readDuration(text) ?? readNumber(text)
    case 'size':
      return readSize(text)
    case 'level':
      return levelRank(text)
    case 'time': {
      const time = readTime(text)
      return time && (time.base === 'epoch' || time.base === 'local')
        ? time.start + baseTime(time.base, { now: 0 })
        : undefined
    }
  }
}

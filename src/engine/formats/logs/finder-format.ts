import type { FieldFinder, FieldRange } from './field-range'
import type { LogFormat } from './format'

export type FormatParts = Pick<LogFormat, 'name' | 'looksLike' | 'head' | 'fields'> & {
  /** The fields that every line of the format can have. */
  readonly finders: Readonly<Record<string, FieldFinder>>
  /** Makes a finder for any other field; without it there are no others. */
  readonly otherFinder?: (field: string) => FieldFinder
}

/** Finders of foreign fields that are kept: `fieldRange` is asked for the same few again and again. */
const mostKept = 64

const never: FieldFinder = (_bytes, _start, _end, range: FieldRange) => {
  range[0] = range[1] = -1
  range[2] = 0
  return false
}

/** A format from its parts. */
export function finderFormat({ finders, otherFinder, ...rest }: FormatParts): LogFormat {
  const known = new Map(Object.entries(finders))
  const others = new Map<string, FieldFinder>()
  const finder = (field: string): FieldFinder => {
    const own = known.get(field) ?? others.get(field)
    if (own !== undefined) return own
    const made = otherFinder?.(field) ?? never
    if (others.size >= mostKept) others.clear()
    others.set(field, made)
    return made
  }
  return {
    ...rest,
    finder,
    fieldRange: (bytes, start, end, field, range) => finder(field)(bytes, start, end, range),
  }
}

/** Share of the lines that pass a test; lines that are indented or empty are part of others and do not count. */
export function shareOf(sample: readonly Uint8Array[], test: (line: Uint8Array) => boolean): number {
  const records = sample.filter((line) => line.length > 0 && line[0] !== 32 && line[0] !== 9)
  return records.length === 0 ? 0 : records.filter(test).length / records.length
}

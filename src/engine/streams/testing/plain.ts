import type { LineBatch, RowFormat } from '../../row-sink'
import type { RowMatcher } from '../row-view'

/** Lines `<epoch ms> <level> text`; a line that begins with a space belongs to the one before. */
export const testFormat: RowFormat = {
  name: 'test',
  multiline: true,
  escapes: false,
  head(bytes, start, end, out) {
    const text = Buffer.from(bytes.subarray(start, end)).toString('latin1')
    const match = /^(\d+) (\d) /.exec(text)
    out.time = match ? Number(match[1]) : NaN
    out.level = match ? Number(match[2]) : 15
    out.continues = text.startsWith(' ')
  },
  field: () => () => undefined,
  fields: () => ({}),
}

export function batchOf(lines: readonly string[]): LineBatch {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  const ends = new Int32Array(lines.length)
  let end = 0
  lines.forEach((line, at) => (ends[at] = end += Buffer.byteLength(line) + 1))
  return { bytes, ends, count: lines.length }
}

export const containing = (word: string): RowMatcher => ({
  match(chunk, _, from, to, hits) {
    let count = 0
    for (let row = from; row < to; row++) {
      const text = Buffer.from(chunk.bytes.subarray(chunk.startOf(row), chunk.endOf(row)))
      if (text.includes(word)) hits[count++] = row
    }
    return count
  },
})

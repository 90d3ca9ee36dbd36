import type { FilePart } from '../../transports/transport'

/** Lines that lie together in a file, and are all that is wanted there. */
export interface LineRun {
  /** Where they are; null where they cannot be told from the rest. */
  find(whole: Buffer): LinePlace | null
}

export interface LinePlace {
  /** In the whole file. */
  readonly span: Span
  /** The same lines in a part of the file as it is later; null where they are not all there in full. */
  locate(part: Buffer, asked: FilePart): Span | null
}

/** Bytes from `start` to before `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface KeyedLines {
  /** How the wanted lines begin, with what ends the key: `ctxt `, `Dirty:`. Those that a kernel lacks are not missed. */
  readonly keys: readonly string[]
  /** What lies before them is wanted too. */
  readonly fromStart?: boolean
  /** Of the last line, the first value is enough. */
  readonly firstValue?: boolean
  /** Without such a line the whole file is wanted. */
  readonly needs?: string
}

/** From the first of some lines of `key value` to the last of them, in whatever order. */
export const keyedLines = (lines: KeyedLines): LineRun => ({ find: (whole) => findKeys(lines, whole) })

/**
 * All lines but the first ones that `skips` tells (each without its newline): a table without its head, or without
 * the rows that say nothing. Those that are skipped are looked at again once one of them has changed its length.
 */
export const rowsAfter = (skips: (line: string) => boolean): LineRun => ({
  find(whole) {
    let start = 0
    for (let end = whole.indexOf(newline); end >= 0; end = whole.indexOf(newline, start)) {
      if (!skips(whole.toString('latin1', start, end))) break
      start = end + 1
    }
    if (start === 0) return null
    return { span: { start, end: whole.length }, locate: (part, asked) => rowsFrom(start, part, asked) }
  },
})

const newline = 10
const space = 32
const endsValue = (byte: number | undefined): boolean => byte === space || byte === newline

/** The line before ends where it did, and fewer bytes came than were asked for: the file ends there. */
function rowsFrom(start: number, part: Buffer, asked: FilePart): Span | null {
  const at = start - asked.start
  const isEnd = part.length < asked.length && part.at(-1) === newline
  return isEnd && part[at - 1] === newline ? { start: at, end: part.length } : null
}

function findKeys(lines: KeyedLines, whole: Buffer): LinePlace | null {
  if (lines.needs !== undefined && lineOf(whole, lines.needs) < 0) return null
  const found = lines.keys
    .map((key) => ({ key, at: lineOf(whole, key) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)
  const [first] = found
  const last = found.at(-1)
  if (first === undefined || last === undefined) return null
  const between = { ...lines, first: lines.fromStart ? null : first.key, last: last.key }
  const span = locateKeys(between, whole, false)
  return span && { span, locate: (part, { start }) => locateKeys(between, part, start > 0) }
}

interface Between extends KeyedLines {
  /** Null: the run begins the file. */
  readonly first: string | null
  readonly last: string
}

function locateKeys({ first, last, firstValue }: Between, bytes: Buffer, isCut: boolean): Span | null {
  const start = first === null ? 0 : lineOf(bytes, first, isCut)
  const lastLine = lineOf(bytes, last, isCut)
  if (start < 0 || lastLine < start) return null
  const value = lastLine + last.length
  const end = firstValue ? endOfValue(bytes, value) : endOfLine(bytes, value)
  return end === null ? null : { start, end }
}

/** Where the line begins; -1 for none. The first bytes of a part may be the rest of a line. */
function lineOf(bytes: Buffer, key: string, isCut = false): number {
  if (!isCut && bytes.indexOf(key) === 0) return 0
  const before = bytes.indexOf(`\n${key}`)
  return before < 0 ? -1 : before + 1
}

/** Behind its newline; null where the bytes end before. */
function endOfLine(bytes: Buffer, from: number): number | null {
  const end = bytes.indexOf(newline, from)
  return end < 0 ? null : end + 1
}

/** Null where the bytes end with it: it may go on. */
function endOfValue(bytes: Buffer, from: number): number | null {
  let at = from
  while (bytes[at] === space) at += 1
  while (at < bytes.length && !endsValue(bytes[at])) at += 1
  return at < bytes.length ? at : null
}

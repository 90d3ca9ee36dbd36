import { byte, bytesOf, isDigit, isLetter, skipSpaces, startsWith } from './bytes'
import { severityOfWord, unknownSeverity } from './severity'

/** A mark stands at the start of a text or not at all. */
const furthest = 128
const levelKeys = ['level=', 'lvl=', 'severity=', 'loglevel='].map(bytesOf)

/**
 * Severity of a text that marks it clearly, 255 for any other: better none than a wrong one.
 * Marks are, at the start or behind nothing but timestamps, numbers, names in brackets and separators:
 * a level in capitals (`2026-11-24 16:40:33 ERROR ...`), in brackets or with a colon in any case (`[warn]`,
 * `error: ...`), and `level=error`. A sentence that only mentions errors is none.
 */
export function guessSeverity(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end, start + furthest)
  let at = skipSpaces(bytes, start, limit)
  let afterSeparator = false
  while (at < limit) {
    const next = tokenEnd(bytes, at, limit)
    const severity = severityOfToken(bytes, at, next, end)
    if (severity !== unknownSeverity) return severity
    if (isSeparator(bytes, at, next)) afterSeparator = true
    else if (isHeaderToken(bytes, at, next)) afterSeparator = false
    // The name of a logger between separators, as Python's logging has it: `... - root - ERROR - ...`.
    else if (afterSeparator && isSeparatorNext(bytes, next, limit)) afterSeparator = false
    else return unknownSeverity
    at = skipSpaces(bytes, next, limit)
  }
  return unknownSeverity
}

/** End of a word, or of a group in brackets. */
function tokenEnd(bytes: Uint8Array, at: number, limit: number): number {
  const close = closingOf(bytes[at] ?? 0)
  let next = at + 1
  if (close !== 0) {
    while (next < limit && bytes[next] !== close) next++
    return Math.min(next + 1, limit)
  }
  while (next < limit && bytes[next] !== byte.space && bytes[next] !== byte.openSquare) next++
  return next
}

function closingOf(value: number): number {
  if (value === byte.openSquare) return byte.closeSquare
  if (value === byte.openRound) return byte.closeRound
  return value === byte.less ? byte.greater : 0
}

function severityOfToken(bytes: Uint8Array, start: number, next: number, end: number): number {
  const first = bytes[start] ?? 0
  if (closingOf(first) !== 0) return severityInBrackets(bytes, start + 1, next - 1)
  if (!isLetter(first)) return unknownSeverity
  for (const key of levelKeys) {
    if (startsWith(bytes, start, next, key)) return wholeWord(bytes, start + key.length, next)
  }
  let last = start
  while (last < next && isLetter(bytes[last] ?? 0)) last++
  // "error:", "ERROR:root:message", and a capital word of its own.
  const colon = last < next && bytes[last] === byte.colon
  const wordOnly =
    last === next && (next === end || bytes[next] === byte.space || bytes[next] === byte.openSquare)
  if (colon || (wordOnly && isCapital(bytes, start, last))) return wholeWord(bytes, start, last)
  return unknownSeverity
}

/** `[error]`, `[core:error]`, `[ WARN ]`. */
function severityInBrackets(bytes: Uint8Array, start: number, end: number): number {
  const from = skipSpaces(bytes, start, end)
  let to = end
  while (to > from && bytes[to - 1] === byte.space) to--
  const whole = wholeWord(bytes, from, to)
  if (whole !== unknownSeverity) return whole
  let colon = from
  while (colon < to && isLetter(bytes[colon] ?? 0)) colon++
  return colon < to && bytes[colon] === byte.colon ? wholeWord(bytes, colon + 1, to) : unknownSeverity
}

/** One letter is no word: `(e)` may be anything. */
const wholeWord = (bytes: Uint8Array, start: number, end: number): number =>
  end - start < 3 ? unknownSeverity : severityOfWord(bytes, start, end)

function isCapital(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if ((bytes[at] ?? 0) > byte.upperZ) return false
  }
  return true
}

function isSeparator(bytes: Uint8Array, start: number, next: number): boolean {
  for (let at = start; at < next; at++) {
    const value = bytes[at]
    if (value !== byte.minus && value !== byte.pipe && value !== byte.colon) return false
  }
  return true
}

const isSeparatorNext = (bytes: Uint8Array, at: number, limit: number): boolean =>
  isSeparator(bytes, skipSpaces(bytes, at, limit), Math.min(limit, skipSpaces(bytes, at, limit) + 1))

/** A group in brackets, a date, a time, a number with punctuation: nothing that a sentence begins with. */
function isHeaderToken(bytes: Uint8Array, start: number, next: number): boolean {
  const first = bytes[start] ?? 0
  if (closingOf(first) !== 0) return true
  if (!isDigit(first)) return false
  for (let at = start; at < next; at++) {
    const value = bytes[at] ?? 0
    if (!isDigit(value) && isPunctuation(value)) return true
  }
  return next - start >= 6
}

const isPunctuation = (value: number): boolean =>
  value === byte.colon ||
  value === byte.minus ||
  value === byte.slash ||
  value === byte.dot ||
  value === byte.comma

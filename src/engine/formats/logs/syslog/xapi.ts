import { byte, find, isDigit, isLetter, skipDigits, skipSpaces } from '../bytes'
import { createIsoStamp, readIsoStamp } from '../time/iso-stamp'

/** Places in the header that xapi's daemons print before a message. */
export interface XapiPlaces {
  /** Only in the audit log: an ISO stamp of its own, UTC, with milliseconds. */
  stampStart: number
  stampEnd: number
  levelStart: number
  levelEnd: number
  contextStart: number
  contextEnd: number
  threadStart: number
  threadEnd: number
  threadNameStart: number
  threadNameEnd: number
  taskStart: number
  taskEnd: number
  moduleStart: number
  moduleEnd: number
  textStart: number
}

export const createXapiPlaces = (): XapiPlaces => ({
  stampStart: -1,
  stampEnd: -1,
  levelStart: -1,
  levelEnd: -1,
  contextStart: -1,
  contextEnd: -1,
  threadStart: -1,
  threadEnd: -1,
  threadNameStart: -1,
  threadNameEnd: -1,
  taskStart: -1,
  taskEnd: -1,
  moduleStart: -1,
  moduleEnd: -1,
  textStart: -1,
})

const longestLevel = 12
const iso = createIsoStamp()

/**
 * Finds the level of `[stamp|%5s|...`: enough for the head of a line. False where the message does not begin so;
 * `levelEnd` is then the bar after it.
 */
export function scanXapiLevel(bytes: Uint8Array, start: number, end: number, places: XapiPlaces): boolean {
  if (start >= end || bytes[start] !== byte.openSquare) return false
  let at = start + 1
  places.stampStart = places.stampEnd = -1
  if (at < end && isDigit(bytes[at] ?? 0)) {
    if (!readIsoStamp(bytes, at, end, iso)) return false
    places.stampStart = at
    places.stampEnd = at += iso.length
    if (at >= end || bytes[at] !== byte.pipe) return false
    at++
  }
  at = skipSpaces(bytes, at, Math.min(end, at + longestLevel))
  const level = at
  const furthest = Math.min(end, level + longestLevel)
  while (at < furthest && isLetter(bytes[at] ?? 0)) at++
  if (at === level || at >= end || bytes[at] !== byte.pipe) return false
  places.levelStart = level
  places.levelEnd = at
  return true
}

/**
 * Finds the whole header `[%5s|context|tid name|task|module] message`, as `Debug.format` of xapi-project/xen-api
 * (ocaml/libs/log/debug.ml) prints it: the context is the host's name (to xapi 1.2xx), empty, or a W3C trace context
 * (26.8 on); the name of the thread is the client's address at times; message bytes that are not printable ASCII are
 * `\xHH`, `\n`, `\t`, `\\`. The audit log has its own stamp first and `audit` for the level.
 */
export function scanXapi(bytes: Uint8Array, start: number, end: number, places: XapiPlaces): boolean {
  if (!scanXapiLevel(bytes, start, end, places)) return false
  const context = places.levelEnd + 1
  const contextEnd = find(bytes, context, end, byte.pipe)
  if (contextEnd >= end) return false
  const thread = contextEnd + 1
  const digits = thread < end && bytes[thread] === byte.minus ? thread + 1 : thread
  const threadEnd = skipDigits(bytes, digits, end)
  if (threadEnd === digits || threadEnd >= end) return false
  let name = threadEnd
  if (bytes[name] === byte.space) name++
  else if (bytes[name] !== byte.pipe) return false
  const nameEnd = find(bytes, name, end, byte.pipe)
  if (nameEnd >= end) return false
  const task = nameEnd + 1
  const taskEnd = find(bytes, task, end, byte.pipe)
  if (taskEnd >= end) return false
  const module = taskEnd + 1
  const moduleEnd = find(bytes, module, end, byte.closeSquare)
  if (moduleEnd >= end) return false
  places.contextStart = context
  places.contextEnd = contextEnd
  places.threadStart = thread
  places.threadEnd = threadEnd
  places.threadNameStart = name
  places.threadNameEnd = nameEnd
  places.taskStart = task
  places.taskEnd = taskEnd
  places.moduleStart = module
  places.moduleEnd = moduleEnd
  const text = moduleEnd + 1
  places.textStart = text < end && bytes[text] === byte.space ? text + 1 : text
  return true
}

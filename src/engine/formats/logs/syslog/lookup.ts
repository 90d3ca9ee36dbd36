import { byte, bytesOf, decimal, isDigit, skipSpaces, startsWith } from '../bytes'
import type { FieldFinder, FieldRange } from '../field-range'
import { found, foundUnlessEmpty, missing } from '../field-range'
import { createSyslogPlaces, scanSyslog } from './header'
import { createXapiPlaces, scanXapi, scanXapiLevel } from './xapi'

// One engine runs on one thread and looks for one field at a time: the places are used again for every line.
const line = createSyslogPlaces()
const xapi = createXapiPlaces()

/** A finder that reads the syslog header only. */
const inHeader =
  (pick: (range: FieldRange) => boolean): FieldFinder =>
  (bytes, start, end, range) =>
    scanSyslog(bytes, start, end, line) ? pick(range) : missing(range)

/** A finder that reads xapi's header too. */
const inXapi =
  (pick: (range: FieldRange) => boolean): FieldFinder =>
  (bytes, start, end, range) =>
    scanSyslog(bytes, start, end, line) && scanXapi(bytes, line.bodyStart, line.bodyEnd, xapi)
      ? pick(range)
      : missing(range)

const levelFinder: FieldFinder = (bytes, start, end, range) =>
  scanSyslog(bytes, start, end, line) && scanXapiLevel(bytes, line.bodyStart, line.bodyEnd, xapi)
    ? found(range, xapi.levelStart, xapi.levelEnd)
    : missing(range)

const storageManager = bytesOf('SM')

/** End of the `[23871]` that XCP's storage manager prints before its message; `start` where there is none. */
export function storagePidEnd(bytes: Uint8Array, start: number, end: number): number {
  if (!isStorageManager(bytes) || start >= end || bytes[start] !== byte.openSquare) return start
  let at = start + 1
  while (at < end && isDigit(bytes[at] ?? 0)) at++
  return at > start + 1 && at < end && bytes[at] === byte.closeSquare ? at + 1 : start
}

const isStorageManager = (bytes: Uint8Array): boolean =>
  line.processStart >= 0 && startsWith(bytes, line.processStart, line.processEnd, storageManager)

const kernelName = bytesOf('kernel')

/** End of `[12345.678901]` after the kernel's tag; `start` where there is none. */
export function kernelStampEnd(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end || bytes[start] !== byte.openSquare) return start
  let at = skipSpaces(bytes, start + 1, end)
  const digits = at
  while (at < end && bytes[at] !== byte.closeSquare) at++
  return at < end && !Number.isNaN(decimal(bytes, digits, at)) ? at + 1 : start
}

const isKernel = (bytes: Uint8Array): boolean =>
  line.processStart >= 0 &&
  line.processEnd - line.processStart === kernelName.length &&
  startsWith(bytes, line.processStart, line.processEnd, kernelName)

const pidFinder: FieldFinder = (bytes, start, end, range) => {
  if (!scanSyslog(bytes, start, end, line)) return missing(range)
  if (line.pidEnd > line.pidStart) return found(range, line.pidStart, line.pidEnd)
  const after = storagePidEnd(bytes, line.bodyStart, line.bodyEnd)
  return after > line.bodyStart ? found(range, line.bodyStart + 1, after - 1) : missing(range)
}

const uptimeFinder: FieldFinder = (bytes, start, end, range) => {
  if (!scanSyslog(bytes, start, end, line) || !isKernel(bytes)) return missing(range)
  const after = kernelStampEnd(bytes, line.bodyStart, line.bodyEnd)
  if (after === line.bodyStart) return missing(range)
  return found(range, skipSpaces(bytes, line.bodyStart + 1, after), after - 1)
}

const textFinder: FieldFinder = (bytes, start, end, range) => {
  if (!scanSyslog(bytes, start, end, line)) return found(range, start, end)
  const body = line.bodyStart
  if (scanXapi(bytes, body, line.bodyEnd, xapi)) return found(range, xapi.textStart, line.bodyEnd)
  let after = storagePidEnd(bytes, body, line.bodyEnd)
  if (after === body && isKernel(bytes)) after = kernelStampEnd(bytes, body, line.bodyEnd)
  const text = after > body && after < line.bodyEnd && bytes[after] === byte.space ? after + 1 : after
  return found(range, text, line.bodyEnd)
}

/** Fields of syslog lines. `context` and `thread_name` are xapi's, `uptime` the kernel's. */
export const syslogFinders: Readonly<Record<string, FieldFinder>> = {
  priority: inHeader((range) => foundUnlessEmpty(range, line.priorityStart, line.priorityEnd)),
  time: inHeader((range) => found(range, line.timeStart, line.timeEnd)),
  host: inHeader((range) => foundUnlessEmpty(range, line.hostStart, line.hostEnd)),
  process: inHeader((range) => foundUnlessEmpty(range, line.processStart, line.processEnd)),
  repeated: inHeader((range) => foundUnlessEmpty(range, line.repeatedStart, line.repeatedEnd)),
  pid: pidFinder,
  level: levelFinder,
  context: inXapi((range) => foundUnlessEmpty(range, xapi.contextStart, xapi.contextEnd)),
  thread: inXapi((range) => foundUnlessEmpty(range, xapi.threadStart, xapi.threadEnd)),
  thread_name: inXapi((range) => foundUnlessEmpty(range, xapi.threadNameStart, xapi.threadNameEnd)),
  task: inXapi((range) => foundUnlessEmpty(range, xapi.taskStart, xapi.taskEnd)),
  module: inXapi((range) => foundUnlessEmpty(range, xapi.moduleStart, xapi.moduleEnd)),
  uptime: uptimeFinder,
  text: textFinder,
}

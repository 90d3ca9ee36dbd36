import { textOf } from './bytes'
import type { FieldFinder } from './field-range'
import { found, missing } from './field-range'
import { finderFormat } from './finder-format'
import type { LogFields, LogFormat } from './format'
import { createLineHead, present } from './format'
import { plainHead, plainStamp, scanPlainStamp } from './plain-head'
import { severityName } from './severity'
import { leadingStamp } from './syslog/split'
import { TimeResolver } from './time/resolver'

const stampFinder =
  (uptime: boolean): FieldFinder =>
  (bytes, start, end, range) =>
    scanPlainStamp(bytes, start, end) && plainStamp.uptime === uptime
      ? found(range, plainStamp.start, plainStamp.end)
      : missing(range)

const times = new TimeResolver({ now: 0, hostUtcOffsetMinutes: 0 })
const head = createLineHead()

function fields(bytes: Uint8Array, start: number, end: number): LogFields {
  const line = textOf(bytes, start, end)
  const priority = /^<(\d{1,3})>/.exec(line)
  const rest = priority && Number(priority[1]) <= 191 ? line.slice(priority[0].length) : line
  const uptime = /^\[ *(\d+\.\d{3,})\]/.exec(rest)?.[1]
  const inBrackets = /^\[ */.exec(rest)?.[0] ?? ''
  const epoch = /^[12](?:\d{9}\.\d+|\d{12})(?= |$)/.exec(rest)?.[0]
  plainHead(bytes, start, end, times, head)
  return {
    ...present({
      time: leadingStamp(rest.slice(inBrackets.length)) ?? epoch,
      uptime,
      severity: severityName(head.severity),
    }),
    text: line,
  }
}

/**
 * Any text. A time that lines begin with is read, also the kernel's `[12345.678901]` (as `uptime`); the severity only
 * where it is clearly marked; the text is the whole line.
 */
export const plain: LogFormat = finderFormat({
  name: 'plain',
  // What nothing else knows.
  looksLike: () => 0.1,
  head: plainHead,
  finders: {
    time: stampFinder(false),
    uptime: stampFinder(true),
    text: (_bytes, start, end, range) => found(range, start, end),
  },
  fields,
})

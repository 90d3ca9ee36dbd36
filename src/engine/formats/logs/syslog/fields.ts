import { textOf } from '../bytes'
import type { LogFields } from '../format'
import { present } from '../format'
import { createLineHead } from '../format'
import { severityName } from '../severity'
import { TimeResolver } from '../time/resolver'
import { syslogHead } from './head'
import { facilityOfPriority } from './severity'
import { splitSyslog, splitXapi } from './split'

const times = new TimeResolver({ now: 0, hostUtcOffsetMinutes: 0 })
const head = createLineHead()

/** All fields of a line of syslog. `audit` are those of xapi's audit record. */
export function syslogFields(bytes: Uint8Array, start: number, end: number): LogFields {
  const line = textOf(bytes, start, end)
  const parts = splitSyslog(line)
  if (parts === null) return { text: line }
  syslogHead(bytes, start, end, times, head)
  const { body, ...common } = parts
  const header = present({
    ...common,
    facility: common.priority === undefined ? null : facilityOfPriority(Number(common.priority)),
    severity: severityName(head.severity),
  })
  const xapi = splitXapi(body)
  if (xapi !== null) return { ...header, ...present({ ...xapi, text: null }), text: xapi.text ?? body }
  const storage = common.process?.startsWith('SM') ? /^\[(\d+)\] ?(.*)$/s.exec(body) : null
  if (storage && common.pid === undefined) return { ...header, pid: storage[1], text: storage[2] }
  const kernel = common.process === 'kernel' ? /^\[ *(\d+(?:\.\d*)?)\] ?(.*)$/s.exec(body) : null
  return kernel ? { ...header, uptime: kernel[1], text: kernel[2] } : { ...header, text: body }
}

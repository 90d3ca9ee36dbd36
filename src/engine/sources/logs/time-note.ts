import {
  createLineHead,
  TimeResolver,
  type Assumed,
  type LogFormat,
  type TimeContext,
} from '../../formats/logs'

const head = createLineHead()

const withoutTime = 'It has no time of its own that can be read: it stands where it came.'
const outOfOrder = 'Its own time is not between those of the rows around it: it stands where it came.'
const withoutYear = 'It names no year: it has the latest that keeps the rows in order and out of the future.'

/** What of its time a line does not say itself, and where that came from; null where it says all. */
export function timeNote(
  format: LogFormat,
  context: TimeContext,
  line: Uint8Array,
  isApproximate: boolean,
): string | null {
  const { assumed, isTimed } = ownTime(format, context, line)
  if (!isTimed) return withoutTime
  const parts = [
    isApproximate ? outOfOrder : null,
    assumed.startsWith('year') ? withoutYear : null,
    assumed.endsWith('zone') ? zoneNote(context) : null,
  ].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(' ')
}

/** Read as if nothing were known of the host: what has to be assumed then is what the line does not say. */
function ownTime(
  format: LogFormat,
  { now, bootTime }: TimeContext,
  line: Uint8Array,
): { readonly assumed: Assumed; readonly isTimed: boolean } {
  const times = new TimeResolver({ now, bootTime, hostUtcOffsetMinutes: null })
  format.head(line, 0, line.length, times, head)
  return { assumed: head.assumed, isTimed: !Number.isNaN(head.time) }
}

function zoneNote({ hostTimeZone, hostUtcOffsetMinutes }: TimeContext): string {
  if (hostTimeZone === undefined && hostUtcOffsetMinutes === null) {
    return 'It names no zone, and that of the host is not known: it is read as UTC.'
  }
  return `It names no zone: it is read in the host\u2019s, ${hostTimeZone ?? offsetText(hostUtcOffsetMinutes ?? 0)}.`
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes)
  const [hours, rest] = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, '0'))
  return `UTC${minutes < 0 ? '\u2212' : '+'}${hours}:${rest}`
}

/** Durations, ages and times of day as people read them. All arguments are milliseconds. */

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const parts: readonly (readonly [size: number, unit: string])[] = [
  [day, 'd'],
  [hour, 'h'],
  [minute, 'm'],
  [second, 's'],
]

/** The two largest parts: "3 m 12 s", "2 d 5 h", "640 ms"; a missing duration is a dash. */
export function formatDuration(milliseconds: number | null): string {
  if (milliseconds === null || !Number.isFinite(milliseconds)) return '–'
  const sign = milliseconds < 0 ? '−' : ''
  const size = Math.abs(milliseconds)
  if (size < second) return `${sign}${Math.round(size)}\u00a0ms`
  const first = parts.findIndex(([unit]) => size >= unit)
  const [large, small] = parts.slice(first, first + 2)
  if (!large) return '–'
  // Cut, not rounded: "2 d 24 h" cannot come about, and an uptime is never longer than it was.
  const head = `${sign}${Math.floor(size / large[0])}\u00a0${large[1]}`
  const rest = small ? Math.floor((size % large[0]) / small[0]) : 0
  return small && rest > 0 ? `${head} ${rest}\u00a0${small[1]}` : head
}

/** One part only, for places that count: "now", "12 s", "3 m", "5 h", "2 d". */
export function formatAge(milliseconds: number | null): string {
  if (milliseconds === null || !Number.isFinite(milliseconds)) return '–'
  if (milliseconds < second) return 'now'
  const part = parts.find(([size]) => milliseconds >= size)
  return part ? `${Math.floor(milliseconds / part[0])}\u00a0${part[1]}` : 'now'
}

const clocks = new Map<string, Intl.DateTimeFormat>()

function clock(zone: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone ?? ''} ${JSON.stringify(options)}`
  let format = clocks.get(key)
  if (!format) {
    // sv-SE writes ISO order: 2026-02-03 14:05:09.
    format = new Intl.DateTimeFormat('sv-SE', { ...options, timeZone: zone })
    clocks.set(key, format)
  }
  return format
}

const ofDay = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
const ofYear = { year: 'numeric', month: '2-digit', day: '2-digit' } as const

/** "14:05:09" of an epoch time, in a named zone or the reader's own. */
export function formatClock(time: number, zone?: string): string {
  return clock(zone, ofDay).format(time)
}

/** "2026-02-03 14:05:09", in a named zone or the reader's own. */
export function formatDateTime(time: number, zone?: string): string {
  return clock(zone, { ...ofYear, ...ofDay }).format(time)
}

/** "UTC+02:00" or "UTC": the offset that holds at `time`, in a named zone or the reader's own. */
export function formatZone(time: number, zone?: string): string {
  const name = clock(zone, { timeZoneName: 'longOffset' })
    .formatToParts(time)
    .find((part) => part.type === 'timeZoneName')
  const text = (name?.value ?? 'UTC').replace('GMT', 'UTC').replace('−', '-')
  return text === 'UTC+00:00' ? 'UTC' : text
}

export interface TimeTick {
  readonly value: number
  readonly text: string
}

const steps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  day,
]

/**
 * At most `count` ticks inside [from, to] at round times of the clock, in a named zone or the reader's own.
 * Longer than a day apart they are whole days.
 */
export function timeTicks(from: number, to: number, count: number, zone?: string): TimeTick[] {
  if (!(to > from) || count < 1) return []
  const wish = (to - from) / count
  const step = steps.find((size) => size >= wish) ?? Math.ceil(wish / day) * day
  const offset = zoneOffset(from, zone)
  const ticks: TimeTick[] = []
  for (let value = Math.ceil((from + offset) / step) * step - offset; value <= to; value += step) {
    ticks.push({ value, text: tickText(value, step, zone) })
  }
  return ticks
}

function tickText(value: number, step: number, zone: string | undefined): string {
  if (step >= day) return clock(zone, { month: '2-digit', day: '2-digit' }).format(value)
  const text = formatClock(value, zone)
  return step < minute ? text : text.slice(0, 5)
}

/** Milliseconds to add to UTC for the clock on the wall. */
function zoneOffset(time: number, zone: string | undefined): number {
  const [, sign, hours, minutes] = /UTC([+-])(\d\d):?(\d\d)?/.exec(formatZone(time, zone)) ?? []
  const size = Number(hours ?? 0) * hour + Number(minutes ?? 0) * minute
  return sign === '-' ? -size : size
}

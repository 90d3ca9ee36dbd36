/** What is read of the JSON of `sadf -j`, in the forms that sysstat 10 to 12.7 write it. */

export type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const objectAt = (parent: Json, name: string): Json => {
  const value = parent[name]
  return isObject(value) ? value : {}
}

export const objectsAt = (parent: Json, name: string): Json[] => {
  const value = parent[name]
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The first of the names that is there; NaN where none is a number. */
export function numberAt(parent: Json, ...names: string[]): number {
  for (const name of names) {
    const value = parent[name]
    if (typeof value === 'number' && Number.isFinite(value)) return value
  }
  return NaN
}

export const textAt = (parent: Json, name: string): string => {
  const value = parent[name]
  return typeof value === 'string' ? value : ''
}

export interface Noted {
  /** Epoch milliseconds: the end of the interval. */
  readonly time: number
  /** Milliseconds that the rates are means of. */
  readonly interval: number
  readonly json: Json
}

/** No host notes more rarely; versions before 11 print nonsense for the first record of a file. */
const longestInterval = 86_400

/**
 * An element of `statistics`; null where it has no time that can be trusted. `skip` is a record that only begins a
 * file or follows a restart.
 */
export function notedOf(element: unknown): Noted | 'skip' | null {
  if (!isObject(element)) return null
  const stamp = objectAt(element, 'timestamp')
  const time = timeOf(stamp)
  if (time === null) return null
  const interval = numberAt(stamp, 'interval')
  if (!(interval >= 1 && interval <= longestInterval)) return 'skip'
  return { time, interval: interval * 1_000, json: element }
}

/** An element of `restarts`: epoch milliseconds, null where it cannot be trusted. */
export const restartOf = (element: unknown): number | null =>
  isObject(element) ? timeOf(objectAt(element, 'boot')) : null

/** Times are UTC, as nothing else is asked for: `"utc": 1`, in newer versions `"tz": "UTC"`. */
function timeOf(stamp: Json): number | null {
  const isUtc = stamp['utc'] === undefined ? textAt(stamp, 'tz') === 'UTC' : stamp['utc'] === 1
  const date = /^(\d{4})-(\d\d)-(\d\d)$/.exec(textAt(stamp, 'date'))
  const clock = /^(\d\d)[:-](\d\d)[:-](\d\d)$/.exec(textAt(stamp, 'time'))
  if (!isUtc || !date || !clock) return null
  const [year = NaN, month = NaN, day = NaN] = date.slice(1).map(Number)
  const [hour = NaN, minute = NaN, second = NaN] = clock.slice(1).map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

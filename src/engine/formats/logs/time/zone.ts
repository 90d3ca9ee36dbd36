import { day } from './civil'

const quarterHour = 900_000
const mostKept = 4_096

/** A time zone by its IANA name ("Europe/Zurich"), with its changes of daylight saving time. */
export class HostZone {
  readonly #format: Intl.DateTimeFormat
  /** Offsets by quarter of an hour: zones change at such. */
  readonly #offsets = new Map<number, number>()

  /** Throws RangeError where there is no such zone. */
  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  /** Local time less UTC at a moment, ms. */
  offsetAt(utc: number): number {
    const key = Math.floor(utc / quarterHour)
    let offset = this.#offsets.get(key)
    if (offset === undefined) {
      offset = this.#read(key * quarterHour)
      if (this.#offsets.size >= mostKept) this.#offsets.clear()
      this.#offsets.set(key, offset)
    }
    return offset
  }

  /**
   * The moment of a local time (given as if it were UTC). A time that comes twice is the first that is not
   * before `last`, the event before it; one that is skipped is read with the offset that held before.
   */
  toUtc(local: number, last: number): number {
    const before = local - this.offsetAt(local - day)
    const after = local - this.offsetAt(local + day)
    if (before === after) return before
    const isBefore = this.offsetAt(before) === local - before
    const isAfter = this.offsetAt(after) === local - after
    if (isBefore && isAfter) {
      const first = Math.min(before, after)
      return last > first ? Math.max(before, after) : first
    }
    return isAfter ? after : before
  }

  #read(utc: number): number {
    const part = new Map(this.#format.formatToParts(utc).map(({ type, value }) => [type, Number(value)]))
    const get = (type: Intl.DateTimeFormatPartTypes): number => part.get(type) ?? 0
    const local = Date.UTC(
      get('year'),
      get('month') - 1,
      get('day'),
      get('hour'),
      get('minute'),
      get('second'),
    )
    return local - utc
  }
}

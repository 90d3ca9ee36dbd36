import { byte, decimal, isDigit, twoDigits } from '../bytes'
import { civilDay, day, isDate, minute, second } from './civil'
import { createIsoStamp, readIsoStamp } from './iso-stamp'
import { stampClock, stampDay, stampMonth, syslogStampLength, wholeSeconds } from './syslog-stamp'
import { HostZone } from './zone'

/** What of a time was not in its line. A zone that nobody knows is taken as UTC. */
export type Assumed = 'none' | 'year' | 'zone' | 'year+zone'

export interface TimeContext {
  /** The present on the host, ms since the epoch; a function where the file is followed for long. */
  readonly now: number | (() => number)
  /** The host's local time less UTC; null where it is not known. */
  readonly hostUtcOffsetMinutes: number | null
  /** The host's zone by IANA name, where it is known: then the changes of daylight saving time are right too. */
  readonly hostTimeZone?: string | undefined
  /** No line given is younger than this (and a day), ms since the epoch. */
  readonly fileModified?: number | undefined
  /** When the host was started, ms since the epoch, for the kernel's `[12345.678]`. */
  readonly bootTime?: number | undefined
}

/** Clocks are wrong and relays late by less than this. */
const slack = day
const longestStamp = 16

/**
 * Times of the lines of one file, given in their order. Lines that lack a year get the one that keeps the file in
 * order and is no more than a day in the future. The text of a second is read once: most lines repeat it.
 */
export class TimeResolver {
  /** Of the stamp read last. */
  time = NaN
  assumed: Assumed = 'none'
  /** A stamp was read before. */
  seen = false

  readonly #now: () => number
  readonly #offset: number
  readonly #zone: HostZone | null
  readonly #fileModified: number
  readonly #bootTime: number
  readonly #withoutYear: Assumed
  readonly #withoutZone: Assumed
  readonly #iso = createIsoStamp()
  readonly #cached = new Uint8Array(longestStamp)
  #cachedLength = 0
  #cachedTime = NaN
  #quarter = -1
  #quarterStart = NaN
  #last = NaN

  constructor(context: TimeContext) {
    const now = context.now
    this.#now = typeof now === 'number' ? () => now : now
    this.#zone = zoneNamed(context.hostTimeZone)
    this.#offset = (context.hostUtcOffsetMinutes ?? 0) * minute
    this.#fileModified = context.fileModified ?? Infinity
    this.#bootTime = context.bootTime ?? NaN
    const zoneKnown = this.#zone !== null || context.hostUtcOffsetMinutes !== null
    this.#withoutYear = zoneKnown ? 'year' : 'year+zone'
    this.#withoutZone = zoneKnown ? 'none' : 'zone'
  }

  /** Reads an RFC 3164 or ISO stamp at `at` into `time`; returns its length, 0 where there is none. */
  stamp(bytes: Uint8Array, at: number, end: number): number {
    return isDigit(bytes[at] ?? 0) ? this.isoStamp(bytes, at, end) : this.syslogStamp(bytes, at, end)
  }

  syslogStamp(bytes: Uint8Array, at: number, end: number): number {
    if (!this.#isCached(bytes, at, end)) {
      const length = wholeSeconds(bytes, at, end)
      if (length === 0) return 0
      this.#read(bytes, at, length)
    }
    this.time = this.#last = this.#cachedTime
    this.assumed = this.#withoutYear
    this.seen = true
    const dot = at + this.#cachedLength
    if (dot >= end || bytes[dot] !== byte.dot) return this.#cachedLength
    const length = syslogStampLength(bytes, at, end)
    const digits = Math.min(at + length - dot - 1, 9)
    if (digits > 0) this.time += (decimal(bytes, dot + 1, dot + 1 + digits) * second) / 10 ** digits
    return length
  }

  isoStamp(bytes: Uint8Array, at: number, end: number): number {
    const iso = this.#iso
    if (!readIsoStamp(bytes, at, end, iso)) return 0
    const zoned = !Number.isNaN(iso.offset)
    this.time = this.#last = zoned ? iso.local - iso.offset : this.#toUtc(iso.local)
    this.assumed = zoned ? 'none' : this.#withoutZone
    this.seen = true
    return iso.length
  }

  /** Time of a number since the epoch: seconds, or milli-, micro- or nanoseconds by its size. NaN where it is none. */
  epoch(value: number): number {
    this.assumed = 'none'
    this.time = epochMilliseconds(value)
    if (!Number.isNaN(this.time)) this.seen = true
    return this.time
  }

  /** Time of the kernel's seconds since the start of the host. */
  sinceBoot(seconds: number): number {
    this.assumed = 'none'
    this.seen = true
    return (this.time = this.#bootTime + seconds * 1_000)
  }

  #isCached(bytes: Uint8Array, at: number, end: number): boolean {
    const length = this.#cachedLength
    if (length === 0 || end - at < length) return false
    const cached = this.#cached
    // From the end: seconds change first.
    for (let index = length - 1; index >= 0; index--) {
      if (bytes[at + index] !== cached[index]) return false
    }
    return true
  }

  #read(bytes: Uint8Array, at: number, length: number): void {
    const clock = stampClock(bytes, at)
    const month = stampMonth(bytes, at)
    const dayOfMonth = stampDay(bytes, at)
    const minutes = twoDigits(bytes, clock) * 60 + twoDigits(bytes, clock + 3)
    const rest = (minutes % 15) * minute + twoDigits(bytes, clock + 6) * second
    // Zones change at quarters of an hour: within one only seconds have to be added, while the file is in order.
    const quarter = (month * 32 + dayOfMonth) * 96 + Math.floor(minutes / 15)
    const near = this.#quarterStart + rest
    if (quarter === this.#quarter && near >= this.#last && near <= this.#now() + slack)
      this.#cachedTime = near
    else {
      this.#cachedTime = this.#inSomeYear(
        month,
        dayOfMonth,
        minutes * minute + twoDigits(bytes, clock + 6) * second,
      )
      this.#quarter = quarter
      this.#quarterStart = this.#cachedTime - rest
    }
    this.#cachedLength = length
    for (let index = 0; index < length; index++) this.#cached[index] = bytes[at + index] ?? 0
  }

  /** The first line: the youngest that can be. Later ones: the first that is not before the line before. */
  #inSomeYear(month: number, dayOfMonth: number, ofDay: number): number {
    const now = this.#now()
    const first = Number.isNaN(this.#last)
    const latest = (first ? Math.min(now, this.#fileModified) : now) + slack
    let chosen = NaN
    const thisYear = new Date(latest).getUTCFullYear() + 1
    // Nine years have a 29 February, even around 2100.
    for (let year = thisYear; year > thisYear - 10; year--) {
      if (!isDate(year, month, dayOfMonth)) continue
      const time = this.#toUtc(civilDay(year, month, dayOfMonth) + ofDay)
      if (time > latest) continue
      if (Number.isNaN(chosen)) chosen = time
      if (first || time < this.#last - slack) break
      chosen = time
    }
    return chosen
  }

  #toUtc(local: number): number {
    return this.#zone === null ? local - this.#offset : this.#zone.toUtc(local, this.#last)
  }
}

function zoneNamed(name: string | undefined): HostZone | null {
  if (name === undefined) return null
  try {
    return new HostZone(name)
  } catch {
    // A host may have zones that this machine does not know; its offset is what remains.
    return null
  }
}

/** By size: below 1e11 seconds (to the year 5138), then three digits more for each unit. */
export function epochMilliseconds(value: number): number {
  if (!(value > 0)) return NaN
  if (value < 1e11) return value * 1_000
  if (value < 1e14) return value
  return value < 1e17 ? value / 1_000 : value / 1e6
}

import type { Units } from '@shared/model/metrics'
import { axisTicks, type AxisTick, type TimeTick } from '@shared/units'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Steps below an hour divide it: they need no calendar, in any time zone. */
const clockSteps = [1, 2, 5, 10, 15, 30].flatMap((count) => [count * second, count * minute]).concat(hour)
const hourSteps = [1, 2, 3, 6, 12]
const daySteps = [1, 2, 7, 14, 28, 91, 182, 364]

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number): string => String(value).padStart(2, '0')

/**
 * At most `count` times inside [from, to] (epoch ms) where the local clock is round, with their labels:
 * 14:05:10, 14:05, and at midnight the date. Days and steps of hours start at local midnight, also where
 * the clocks change in between.
 */
export function timeTicks(from: number, to: number, count: number): TimeTick[] {
  if (!(to > from) || !(count >= 1) || !isDate(from) || !isDate(to)) return []
  const wish = (to - from) / count
  const step = clockSteps.filter((size) => size >= wish).sort((a, b) => a - b)[0]
  const times = step === undefined ? calendarTimes(from, to, wish) : clockTimes(from, to, step)
  return times.map((value) => ({ value, text: timeLabel(value, step ?? hour) }))
}

/** Whether a number is a time that a calendar knows (within 100 million days of 1970). */
function isDate(time: number): boolean {
  return Math.abs(time) <= 8.64e15
}

function clockTimes(from: number, to: number, step: number): number[] {
  const offset = new Date(from).getTimezoneOffset() * minute
  const times: number[] = []
  for (let time = Math.ceil((from - offset) / step) * step + offset; time <= to; time += step)
    times.push(time)
  return times
}

function calendarTimes(from: number, to: number, wish: number): number[] {
  const hours = hourSteps.find((size) => size * hour >= wish)
  const days =
    hours === undefined ? (daySteps.find((size) => size * day >= wish) ?? Math.ceil(wish / day)) : 1
  const start = new Date(from)
  const times: number[] = []
  // Counted from a fixed Monday, so that the same days are marked while the range moves on.
  let dayNumber = Math.floor(localDay(start) / days) * days
  for (; ; dayNumber += days) {
    for (let clock = 0; clock < 24; clock += hours ?? 24) {
      const time = new Date(1970, 0, 5 + dayNumber, clock).getTime()
      if (time > to) return times
      // An hour that the change of clocks leaves out would come twice.
      if (time >= from && time > (times.at(-1) ?? -Infinity)) times.push(time)
    }
  }
}

/** Days of the local calendar since Monday, 5 January 1970. */
function localDay(date: Date): number {
  return Math.round((Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - 4 * day) / day)
}

function timeLabel(time: number, step: number): string {
  const date = new Date(time)
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`
  if (step < minute) return `${clock}:${two(date.getSeconds())}`
  return clock === '00:00' ? `${date.getDate()} ${months[date.getMonth()] ?? ''}` : clock
}

/** A value axis: its range and the labelled values on it. */
export interface ValueScale {
  readonly min: number
  readonly max: number
  readonly ticks: readonly AxisTick[]
}

/** What an axis without any value shows: one readable step. */
const emptyTop: Partial<Record<Units, number>> = { bytes: 1024, 'bytes/s': 1024, seconds: 0.001, ratio: 0.01 }

/** Nothing that is measured is smaller than a billionth of its unit. */
const tiny = 1e-9

/** The axis ends at a part of the step: close to the values, yet not moving with each of them. */
const partsOfStep = 4

/** Two labels do not make a scale: with fewer of them the steps are made smaller. */
const fewestTicks = 3

/**
 * The axis for values from `low` to `high` (base units, NaN without values): from 0, or lower where a value is,
 * to a little above the highest, or exactly to `top` where that is fixed; about `count` ticks.
 */
export function valueScale(low: number, high: number, units: Units, count: number, top?: number): ValueScale {
  const fixed = top !== undefined && top > 0 && Number.isFinite(top)
  const floor = low < -tiny && Number.isFinite(low) ? low : 0
  const ceiling = fixed ? top : high > tiny ? high * 1.04 : floor < 0 ? 0 : (emptyTop[units] ?? 1)
  const wanted = Math.max(fewestTicks, count)
  let scale = scaleWith(floor, ceiling, units, wanted, fixed)
  for (let more = 1; more <= 3 && scale.ticks.length < fewestTicks; more++) {
    scale = scaleWith(floor, ceiling, units, wanted + more, fixed)
  }
  return scale
}

function scaleWith(floor: number, ceiling: number, units: Units, count: number, fixed: boolean): ValueScale {
  const axis = axisTicks(floor, ceiling, units, count)
  const [first, second] = axis.ticks
  const min = first?.value ?? 0
  const step = (second?.value ?? ceiling) - min
  const part = step / partsOfStep
  const max = fixed ? ceiling : min + Math.max(step, Math.ceil((ceiling - min) / part - 1e-9) * part)
  const unit = axis.unit ? `\u00a0${axis.unit}` : ''
  const ticks = axis.ticks
    .filter((tick) => tick.value <= max + part * 1e-6)
    .map((tick) => ({ value: tick.value, text: Number(tick.text) === 0 ? '0' : tick.text + unit }))
  return { min, max, ticks }
}

import type { Units } from './model/metrics'

export * from './time-text'

/** A value as a person reads it: the number apart from its unit, so that columns align. */
export interface FormattedValue {
  readonly text: string
  /** Empty for plain numbers. */
  readonly unit: string
}

/** What stands where a value is missing. */
export const missing = '–'

interface Scale {
  /** Base units in one of this. */
  readonly factor: number
  readonly unit: string
}

const prefixed = (unit: string, prefixes: readonly string[], base: number, first = 0): readonly Scale[] =>
  prefixes.map((prefix, index) => ({ factor: base ** (index + first), unit: prefix + unit }))

const decimal = ['', 'k', 'M', 'G', 'T']
const counted = (unit: string): readonly Scale[] =>
  decimal.map((prefix, index) => ({ factor: 1000 ** index, unit: [prefix, unit].filter(Boolean).join(' ') }))

const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** Readable units of each base unit, smallest first. */
const scales: Record<Units, readonly Scale[]> = {
  ratio: [{ factor: 0.01, unit: '%' }],
  bytes: prefixed('', binary, 1024),
  'bytes/s': prefixed('/s', binary, 1024),
  seconds: prefixed('s', ['n', 'µ', 'm', ''], 1000, -3),
  'requests/s': counted('req/s'),
  'packets/s': counted('pkt/s'),
  'errors/s': counted('err/s'),
  'events/s': counted('/s'),
  'messages/s': counted('msg/s'),
  hertz: prefixed('Hz', decimal, 1000),
  watts: prefixed('W', ['m', '', 'k', 'M'], 1000, -1),
  celsius: [{ factor: 1, unit: '°C' }],
  count: counted(''),
  '': counted(''),
}

/** Units whose smallest step is one: 512 B, never 512.00 B. */
const whole: ReadonlySet<Units> = new Set(['bytes', 'count'])

/** The largest scale in which the value, rounded to three digits, is at least one; else the smallest. */
function scaleOf(value: number, units: Units): Scale {
  const steps = scales[units]
  const smallest = steps[0] ?? { factor: 1, unit: '' }
  // Nothing is told in the unit that is usual, not in the smallest: 0 ms, 0 W.
  const usual = units === 'seconds' ? 1000 ** -1 : 1
  if (value === 0) return steps.find(({ factor }) => factor === usual) ?? smallest
  let chosen = smallest
  // From 999.5 a value would need a fourth digit: the next unit shows it shorter.
  for (const step of steps.slice(1)) if (Math.abs(value) / chosen.factor >= 999.5) chosen = step
  return chosen
}

/** Three significant digits, so that a changing value keeps its width: 0.04, 9.87, 12.3, 456. */
function threeDigits(value: number): string {
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size < 0.005) return value < 0 ? '−<0.01' : '<0.01'
  const decimals = size < 9.995 ? 2 : size < 99.95 ? 1 : 0
  return value.toFixed(decimals).replace('-', '−')
}

/** A value in base units as text and unit; a missing one (null, NaN, infinite) is a dash without unit. */
export function formatValue(value: number | null, units: Units): FormattedValue {
  if (value === null || !Number.isFinite(value)) return { text: missing, unit: '' }
  const scale = scaleOf(value, units)
  const scaled = value / scale.factor
  const plain =
    (whole.has(units) && scale.factor === 1 && Math.abs(scaled) >= 0.5) || Number.isInteger(scaled)
  return { text: plain ? scaled.toFixed(0).replace('-', '−') : threeDigits(scaled), unit: scale.unit }
}

/** {@link formatValue} in one piece; the blank between number and unit does not break. */
export function formatText(value: number | null, units: Units): string {
  const { text, unit } = formatValue(value, units)
  return unit ? `${text}\u00a0${unit}` : text
}

export interface AxisTick {
  readonly value: number
  readonly text: string
}

/** Ticks of a value axis in one common unit. */
export interface ValueAxis {
  readonly ticks: readonly AxisTick[]
  readonly unit: string
}

/** The smallest pleasant step not below `wish`: powers of two inside 1024 for bytes, else 1, 2 or 5 times ten. */
function pleasantStep(wish: number, units: Units): number {
  if (units === 'bytes' || units === 'bytes/s') {
    const unit = 1024 ** Math.max(0, Math.floor(Math.log2(wish) / 10))
    return unit * 2 ** Math.max(0, Math.ceil(Math.log2(wish / unit) - 1e-9))
  }
  const unit = 10 ** Math.floor(Math.log10(wish))
  return unit * ([1, 2, 5].find((factor) => factor * unit >= wish * (1 - 1e-9)) ?? 10)
}

/** The fewest decimals that write a step without visible rounding: one for 0.5, two for 0.25. */
function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 6; decimals++) {
    const scaled = step * 10 ** decimals
    if (Math.abs(scaled - Math.round(scaled)) < scaled * 0.01) return decimals
  }
  return 6
}

/**
 * About `count` pleasant ticks from `min` to at least `max` (base units); the last tick is where the axis
 * should end. An empty or impossible range becomes one step above `min`.
 */
export function axisTicks(min: number, max: number, units: Units, count = 4): ValueAxis {
  const low = Number.isFinite(min) ? min : 0
  const high = Number.isFinite(max) && max > low ? max : low + (units === 'ratio' ? 0.01 : 1)
  const step = pleasantStep((high - low) / Math.max(1, count), units)
  const first = Math.floor(low / step + 1e-9)
  const last = Math.ceil(high / step - 1e-9)
  const scale = scaleOf(Math.max(Math.abs(first), Math.abs(last)) * step, units)
  const decimals = decimalsOf(step / scale.factor)
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => {
    const value = (first + index) * step
    return { value, text: (value / scale.factor).toFixed(decimals).replace('-', '−') }
  })
  return { ticks, unit: scale.unit }
}

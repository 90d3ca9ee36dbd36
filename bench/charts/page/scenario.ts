/** What both libraries draw: the same arrays, the same sizes, the same windows. */
export interface Scenario {
  readonly charts: number
  readonly series: number
  /** Samples of each series on screen. */
  readonly points: number
  readonly width: number
  readonly height: number
  /** Samples by which the window moves at each update; 0 zooms instead. */
  readonly step: number
}

export const scenarios = {
  '12 x 6 x 3,600': { charts: 12, series: 6, points: 3_600, width: 420, height: 180, step: 1 },
  '12 x 6 x 3,600, axes move': { charts: 12, series: 6, points: 3_600, width: 420, height: 180, step: 10 },
  '50 x 2 x 900': { charts: 50, series: 2, points: 900, width: 260, height: 120, step: 1 },
  '1 x 10 x 100,000': { charts: 1, series: 10, points: 100_000, width: 1_300, height: 420, step: 10 },
  '1 x 10 x 100,000, zoom': { charts: 1, series: 10, points: 100_000, width: 1_300, height: 420, step: 0 },
} satisfies Record<string, Scenario>
export type ScenarioName = keyof typeof scenarios

export const interval = 1_000
/** Samples beyond the first window, for updates to move into. */
const reserve = 4_000

export interface Data {
  readonly times: Float64Array
  /** Series of each chart. */
  readonly values: readonly (readonly Float32Array[])[]
}

/** Random walks from a fixed seed. */
export function makeData(scenario: Scenario): Data {
  const count = scenario.points + reserve
  const times = Float64Array.from({ length: count }, (_, i) => 1_700_000_000_000 + i * interval)
  let seed = 42
  const random = (): number => {
    seed = (seed * 1_664_525 + 1_013_904_223) >>> 0
    return seed / 2 ** 32
  }
  const walk = (): Float32Array => {
    let level = 20 + random() * 40
    return Float32Array.from({ length: count }, () => {
      level = Math.min(95, Math.max(1, level + (random() - 0.5) * 4))
      return level + random() * 3
    })
  }
  const values = Array.from({ length: scenario.charts }, () => Array.from({ length: scenario.series }, walk))
  return { times, values }
}

/** First and one past the last sample of the window after `update` updates. */
export function windowAt(scenario: Scenario, update: number): { first: number; end: number } {
  if (scenario.step > 0) {
    const first = (update * scenario.step) % reserve
    return { first, end: first + scenario.points }
  }
  const first = (update * 997) % Math.floor(scenario.points / 3)
  return { first, end: first + Math.floor(scenario.points / 2) }
}

import { describe, expect, it } from 'vitest'
import { describeChart, describeMoment, readings } from './readout'
import { nearestSample, type ChartSeries } from './series'

const day = 86_400_000
const base = new Date(2026, 2, 4, 14, 5, 0).getTime()

function series(name: string, values: number[], offset = 0): ChartSeries {
  return {
    name,
    color: '--series-1',
    interval: 1_000,
    times: Float64Array.from(values, (_, i) => base + offset + i * 1_000),
    values: Float32Array.from(values),
  }
}
const range = { from: base, to: base + 2_000 }
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('readings', () => {
  const shown = [series('user', [0.1, 0.2, 0.3]), series('system', [0.5, 0.25, NaN])]

  it('reads the newest values without a cursor, those at the cursor with one', () => {
    expect(readings(shown, 'ratio', null, range.to).map((one) => one.value)).toEqual([
      expect.closeTo(0.3),
      null,
    ])
    expect(readings(shown, 'ratio', base + 1_200, range.to).map((one) => one.value)).toEqual([
      expect.closeTo(0.2),
      0.25,
    ])
  })

  it('says a chart in words, with what is missing', () => {
    const words = describeChart('CPU', readings(shown, 'ratio', null, range.to), 'ratio', range)
    expect(plain(words)).toBe('CPU: user 30.0 %, system no data; 14:05:00 to 14:05:02')
    expect(describeChart('CPU', [], 'ratio', range)).toBe('CPU: no data; 14:05:00 to 14:05:02')
  })

  it('adds the date where the range is long', () => {
    const long = { from: base, to: base + 2 * day }
    expect(describeMoment(base, [], 'ratio', long)).toBe('2026-03-04 14:05:00: no data')
  })
})

describe('nearestSample', () => {
  it('is a sample of any series, else the moment itself', () => {
    const shown = [series('a', [1, 2, 3]), series('b', [1, 2, 3], 400)]
    expect(nearestSample(shown, base + 1_450)).toBe(base + 1_400)
    expect(nearestSample(shown, base + 900_000)).toBe(base + 900_000)
    expect(nearestSample([], base)).toBe(base)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketOf, latencyBounds, latencyBuckets, quantile } from './latency-buckets'
import { LatencyBook, LatencySeries } from './latency-book'

const seconds = fc.double({ min: 0, max: 100, noNaN: true })

describe('latency buckets', () => {
  it('hold what lies between their bounds', () => {
    fc.assert(
      fc.property(fc.oneof(seconds, fc.constantFrom(...latencyBounds)), (value) => {
        const bucket = bucketOf(value)
        expect(value).toBeGreaterThanOrEqual(bucket === 0 ? 0 : (latencyBounds[bucket - 1] ?? NaN))
        expect(value).toBeLessThan(latencyBounds[bucket] ?? Infinity)
      }),
    )
    expect(bucketOf(NaN)).toBe(0)
    expect(latencyBounds[0]).toBe(1e-4)
    expect(latencyBounds.at(-1)).toBe(30)
  })

  it('give quantiles that lie in the same bucket as the true ones', () => {
    fc.assert(
      fc.property(
        fc.array(seconds, { minLength: 1, maxLength: 300 }),
        fc.constantFrom(0.5, 0.9, 0.99),
        (values, share) => {
          const counts = new Uint32Array(latencyBuckets)
          for (const value of values) counts[bucketOf(value)] = (counts[bucketOf(value)] ?? 0) + 1
          const sorted = [...values].sort((a, b) => a - b)
          const truth = sorted[Math.ceil(share * sorted.length) - 1] ?? NaN
          const found = quantile(counts, share, Math.max(...values)) ?? NaN
          const bucket = bucketOf(truth)
          expect(found).toBeGreaterThanOrEqual(bucket === 0 ? 0 : (latencyBounds[bucket - 1] ?? NaN))
          expect(found).toBeLessThanOrEqual(latencyBounds[bucket] ?? Infinity)
        },
      ),
    )
    expect(quantile(new Uint32Array(latencyBuckets), 0.5)).toBeNull()
  })
})

describe('latencies by time', () => {
  it('count each in its column and bucket', () => {
    const series = new LatencySeries()
    series.add(10_000, 0.001)
    series.add(10_900, 0.001)
    series.add(9_500, 2)
    series.add(13_000, 40)
    const cells = series.heatmap(9_000, 14_000, 5)
    const cell = (column: number, value: number): number =>
      cells[column * latencyBuckets + bucketOf(value)] ?? NaN
    expect([cell(0, 2), cell(1, 0.001), cell(4, 40)]).toEqual([1, 2, 1])
    expect(cells.reduce((sum, each) => sum + each, 0)).toBe(4)
    expect(series.figures(9_000, 14_000)).toMatchObject({ count: 4, max: 40 })
    expect(series.figures(20_000, 30_000)).toEqual({ count: 0, p50: null, p90: null, p99: null, max: null })
  })

  it('keep half an hour', () => {
    const series = new LatencySeries()
    for (let second = 0; second < 4_000; second++) series.add(second * 1_000, 0.01)
    expect(series.figures(0, 4_000_000).count).toBe(1_800)
  })

  it('keep services and their methods apart', () => {
    const book = new LatencyBook()
    book.add('storage', 'SR.stat', 1_000, 0.1)
    book.add('storage', 'VDI.attach', 1_000, 0.2)
    book.add('networkd', null, 1_000, 0.3)
    expect(book.services()).toEqual(['networkd', 'storage'])
    expect(book.methods('storage')).toEqual(['SR.stat', 'VDI.attach'])
    expect(book.find('storage', null)?.figures(0, 2_000).count).toBe(2)
    expect(book.find('storage', 'SR.stat')?.figures(0, 2_000).max).toBe(0.1)
    expect(book.find('nothing', null)).toBeUndefined()
  })

  it('remember a limited number of methods that a bus may invent', () => {
    const book = new LatencyBook()
    for (let at = 0; at < 2_000; at++) book.add('s', `m${at}`, 1_000, 0.1)
    expect(book.methods('s').length).toBeLessThanOrEqual(500)
    expect(book.find('s', null)?.figures(0, 2_000).count).toBe(2_000)
  })
})

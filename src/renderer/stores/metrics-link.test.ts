import { metricPath } from '@shared/model/metrics'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMetricsLink, mostSeries, parseMetricsLink, seriesKey } from './metrics-link'
import { formatRoute, parseRoute } from './route'

const name = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
const series = fc.record({
  host: name,
  path: fc.record({ class: name, instance: name, metric: name }).map(metricPath),
})
const range = fc
  .tuple(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1_000, max: 31 * 86_400_000 }))
  .map(([from, span]) => ({ from, to: from + span }))

describe('the link to a comparison', () => {
  it('comes back as it was, through the address of a page, whatever hosts and metrics are called', () => {
    const link = fc.record({
      series: fc.uniqueArray(series, { maxLength: 8, selector: seriesKey }),
      each: fc.boolean(),
      range: fc.option(range),
    })
    fc.assert(
      fc.property(link, fc.option(name), (told, host) => {
        const rest = formatMetricsLink(told)
        const address = new URL(`https://x.test/${formatRoute({ view: 'metrics', host, rest })}`).hash
        expect(parseRoute(address)).toEqual({ view: 'metrics', host, rest })
        expect(parseMetricsLink(parseRoute(address).rest)).toEqual(told)
        // Written again it is the same text: nothing is written over and over.
        expect(formatMetricsLink(parseMetricsLink(rest))).toBe(rest)
      }),
    )
  })

  it('of anybody is bounded and valid', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { series: read, range: told } = parseMetricsLink(text)
        expect(read.length).toBeLessThanOrEqual(mostSeries)
        expect(told === null || told.to > told.from).toBe(true)
      }),
    )
    const many = Array.from({ length: 500 }, (_, at) => `m=a/metrics/c/i/m${at}`).join('&')
    expect(parseMetricsLink(many).series).toHaveLength(mostSeries)
    expect(parseMetricsLink(`m=a/metrics/c/i/m&${'x'.repeat(70_000)}`).series).toEqual([])
  })

  it.each([
    'm=a/etc/passwd',
    'm=/metrics/a/b/c',
    'm=a/metrics/a/b',
    'm=a/metrics/a/b/%2525ZZ%',
    `m=${'h'.repeat(300)}/metrics/a/b/c`,
    'm=%25E0%25A4%25A/metrics/a/b/c',
  ])('%s is no series', (text) => expect(parseMetricsLink(text).series).toEqual([]))

  it.each([
    'from=1&to=2',
    'from=5000&to=1',
    'from=0&to=9e9',
    'from=0&to=99999999999999999',
    'from=0',
    'from=-9000&to=0',
  ])('%s is no range', (text) => expect(parseMetricsLink(text).range).toBeNull())
})

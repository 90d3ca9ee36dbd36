import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTestApp, type TestApp } from '../test-app'
import { hostNamed } from '../test-engine'
import { useHosts } from './hosts'
import { useMetricsAddress } from './metrics-address'
import { useComparison } from './metrics-comparison'
import { mostSeries, type SeriesId } from './metrics-link'
import { readPins, usePins } from './metrics-pins'
import { useRoute } from './route'
import { useTime } from './time'

let app: TestApp
const open = (hash = ''): void => void (app = createTestApp(hash))
beforeEach(() => open())
afterEach(() => {
  app.close()
  vi.unstubAllGlobals()
})
const becomes = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000 })
const series = (metric: string, host = 'a'): SeriesId => ({ host, path: `/metrics/c/i/${metric}` })

describe('the comparison', () => {
  it('keeps the place of each series, and so its colour, whatever comes and goes beside it', () => {
    const comparison = app.run(useComparison)
    const slots = (): [string, number][] =>
      comparison.series.map(({ path, slot }) => [path.slice(-1), slot] as const).map(([a, b]) => [a, b])
    comparison.add([series('a'), series('b'), series('c')])
    comparison.toggle(series('a'))
    expect(slots()).toEqual([
      ['b', 1],
      ['c', 2],
    ])
    comparison.add([series('d'), series('b'), series('e')])
    expect(slots()).toEqual([
      ['b', 1],
      ['c', 2],
      ['d', 0],
      ['e', 3],
    ])
  })

  it('tells the same metric of two hosts apart, and has each once', () => {
    const comparison = app.run(useComparison)
    comparison.add([series('a'), series('a', 'b'), series('a')])
    expect(comparison.series.map(({ host }) => host)).toEqual(['a', 'b'])
  })

  it('takes as many as can be told apart, and says how many it did not', () => {
    const comparison = app.run(useComparison)
    comparison.add(Array.from({ length: mostSeries + 3 }, (_, at) => series(`m${at}`)))
    expect(comparison.series).toHaveLength(mostSeries)
    expect(comparison.refused).toBe(3)
    comparison.remove(comparison.series[0]?.key ?? '')
    expect(comparison.refused).toBe(0)
  })

  it('shows all again when the one that was alone is removed', () => {
    const comparison = app.run(useComparison)
    comparison.add([series('a'), series('b')])
    const [first] = comparison.series
    comparison.isolate(first?.key ?? '')
    expect(comparison.alone).toBe(first?.key)
    comparison.remove(first?.key ?? '')
    expect(comparison.alone).toBeNull()
  })
})

describe('pinned sets', () => {
  const stored = (): unknown => JSON.parse(app.storage.get('xcp-diag.metrics') ?? 'null')

  it('are remembered, renamed, removed and brought back where they were', () => {
    const pins = app.run(usePins)
    for (const name of ['one', ' two ', 'three'])
      expect(pins.save(name, { series: [series(name.trim())], each: false })).toBe(true)
    expect(pins.rename('two', 'three')).toBe(false)
    expect(pins.rename('two', ' zwei ')).toBe(true)
    expect(readPins(app.storage.get('xcp-diag.metrics') ?? null).map(({ name }) => name)).toEqual([
      'one',
      'zwei',
      'three',
    ])
    pins.remove('zwei')
    expect(pins.list.map(({ name }) => name)).toEqual(['one', 'three'])
    pins.undoRemove()
    expect(pins.list.map(({ name }) => name)).toEqual(['one', 'zwei', 'three'])
    expect(pins.removed).toBeNull()
    expect(stored()).toMatchObject({ pins: [{ name: 'one', series: [series('one')] }, {}, {}] })
  })

  it('take the place of one with the same name, and need a name and series', () => {
    const pins = app.run(usePins)
    pins.save('one', { series: [series('a')], each: false })
    expect(pins.save(' ', { series: [series('a')], each: false })).toBe(false)
    expect(pins.save('two', { series: [], each: false })).toBe(false)
    pins.save('one', { series: [series('b')], each: true })
    expect(pins.list).toEqual([{ name: 'one', each: true, series: [series('b')] }])
  })

  it.each([null, '', '{', '[]', '{"pins":3}', '{"pins":[3,{"name":""}]}'])('%j is none', (text) =>
    expect(readPins(text)).toEqual([]),
  )

  it('that are damaged do not cost the others', () => {
    const good = { name: 'good', each: false, series: [series('a')] }
    const bad = [
      { ...good, name: 'x'.repeat(100) },
      { ...good, name: 'path', series: [{ host: 'a', path: '/etc/passwd' }] },
      { ...good, name: 'many', series: Array.from({ length: 40 }, (_, at) => series(`m${at}`)) },
      good,
      { ...good, each: true },
    ]
    expect(readPins(JSON.stringify({ pins: bad }))).toEqual([{ ...good, each: true }])
  })
})

describe('the address of the Metrics view', () => {
  const link = 'm=a/metrics/c/i/x&by=series&from=1700000000000&to=1700000300000'

  async function arrive(): Promise<void> {
    app.run(useMetricsAddress)
    await becomes(() => expect(app.engine.wanted('hosts.watch')).toHaveLength(1))
    app.engine.push('hosts.watch', [hostNamed('a'), hostNamed('b')])
    await becomes(() => expect(app.run(useHosts).selectedId).toBe('a'))
  }

  it('brings back what was compared, the charts and the range, and stays as it is', async () => {
    app.close()
    open(`#/metrics?host=a&${link}`)
    await arrive()
    const time = app.run(useTime)
    await becomes(() => expect(time.paused).toBe(true))
    expect(time.range).toMatchObject({ from: 1_700_000_000_000, to: 1_700_000_300_000 })
    const comparison = app.run(useComparison)
    expect(comparison.series.map(({ host, path }) => ({ host, path }))).toEqual([series('x')])
    expect(comparison.each).toBe(true)
    expect(location.hash).toBe(`#/metrics?host=a&${link}`)
    time.resume()
    await becomes(() => expect(location.hash).toBe('#/metrics?host=a&m=a/metrics/c/i/x&by=series'))
  })

  it('follows what is compared, and takes no other view for its own', async () => {
    await arrive()
    const comparison = app.run(useComparison)
    const route = app.run(useRoute)
    comparison.add([series('y')])
    await becomes(() => expect(comparison.series).toHaveLength(1))
    expect(route.current.rest).toBe('')
    route.go({ view: 'metrics' })
    await becomes(() => expect(location.hash).toBe('#/metrics?m=a/metrics/c/i/y'))
    route.go({ view: 'logs' })
    comparison.add([series('z')])
    route.go({ view: 'metrics' })
    await becomes(() => expect(location.hash).toBe('#/metrics?m=a/metrics/c/i/y&m=a/metrics/c/i/z'))
    expect(comparison.series).toHaveLength(2)
  })
})

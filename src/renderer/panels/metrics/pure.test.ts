import type { MetricDescriptor } from '@shared/model/metrics'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shallowRef } from 'vue'
import { hostNamed } from '../../test-engine'
import type { HostFeed } from '../../stores/metrics-feed'
import type { HeldSamples } from '../../stores/series-window'
import { metricsCsv } from './csv'
import { readDropped } from './drag'
import { lineOf, type Line, type LineFacts } from './lines'
import { shifted, statistics } from './samples'
import { nextOrder, plainNumber, rowsOf, sorted, tableText } from './table'

const samples = (changes: Partial<HeldSamples> = {}): HeldSamples => ({
  times: Float64Array.of(1_000, 2_000, 3_000),
  values: Float32Array.of(1, NaN, 3),
  lows: null,
  highs: null,
  interval: 1_000,
  seams: [],
  ...changes,
})
function feedOf(changes: Partial<HostFeed> = {}): HostFeed {
  return {
    error: shallowRef(null),
    samples: () => samples(),
    isUnknown: () => false,
    newestOf: () => 3_000,
    shift: () => 0,
    ...changes,
  }
}
const descriptor: MetricDescriptor = { name: 'm', units: 'bytes', description: 'd', type: 'gauge' }
const path = '/metrics/vm/i/m'
function line(changes: Partial<LineFacts> = {}): Line {
  const instance = { id: 'i', name: 'one', source: 's', present: true, set: 0 }
  return lineOf({
    compared: { host: 'a', path, key: `a\n${path}`, slot: 0 },
    host: hostNamed('a'),
    known: { class: 'vm', instance, metric: descriptor },
    catalogued: true,
    feed: feedOf(),
    manyHosts: false,
    connected: true,
    paused: false,
    to: 3_000,
    ...changes,
  })
}

describe('a compared series', () => {
  it('is called by its instance and metric, with its host where there are several', () => {
    expect(line()).toMatchObject({ name: 'one m', units: 'bytes', color: '--series-1', again: 0 })
    expect(line({ manyHosts: true }).name).toBe('a: one m')
    expect(line({ compared: { host: 'a', path, key: '', slot: 17 } })).toMatchObject({
      color: '--series-2',
      again: 2,
    })
  })

  it('is on the clock of the host that is looked at', () => {
    const { series } = line({
      feed: feedOf({
        shift: () => 250,
        samples: () => samples({ seams: [{ from: 2_000, interval: 1_000 }] }),
      }),
    })
    expect([...series.times]).toEqual([750, 1_750, 2_750])
    expect(series.seams).toEqual([{ from: 1_750, interval: 1_000 }])
    const own = samples()
    expect(shifted(own, 0).times).toBe(own.times)
  })

  it.each<[string, Partial<LineFacts>]>([
    ['', {}],
    ['no such host', { host: null, feed: null }],
    ['no connection', { connected: false }],
    ['not connected', { host: hostNamed('a', { state: 'disconnected' }), feed: null }],
    ['connecting', { host: hostNamed('a', { state: 'connecting' }), feed: null }],
    ['reconnecting', { host: hostNamed('a', { state: 'reconnecting' }) }],
    ['unknown', { known: null, feed: feedOf({ isUnknown: () => true }) }],
    ['waiting', { feed: feedOf({ samples: () => null }) }],
    ['no values', { feed: feedOf({ samples: () => samples({ values: Float32Array.of(NaN, NaN, NaN) }) }) }],
    ['stale', { host: hostNamed('a', { state: 'stale' }) }],
    ['stale 1\u00a0m', { to: 63_000 }],
    ['', { to: 63_000, paused: true }],
  ])('says %j of its state', (word, facts) => expect(line(facts).state.word).toBe(word))

  it('of an instance that is gone says so, with its history left', () => {
    const instance = { id: 'i', name: 'one', source: 's', present: false, set: 0 }
    const gone = line({ known: { class: 'vm', instance, metric: descriptor } })
    expect(gone.state.word).toBe('gone')
    expect(gone.series.values).toHaveLength(3)
  })
})

describe('figures', () => {
  it('are of what lies in the range, from the least and greatest where points stand for several', () => {
    const { series } = line()
    expect(statistics(series, 0, 9_000)).toEqual({ min: 1, avg: 2, max: 3, last: 3 })
    expect(statistics(series, 1_500, 2_500)).toEqual({ min: null, avg: null, max: null, last: null })
    const rolled = { ...series, lows: Float32Array.of(0, NaN, 2), highs: Float32Array.of(5, NaN, 4) }
    expect(statistics(rolled, 1_000, 3_000)).toEqual({ min: 0, avg: 2, max: 5, last: 3 })
  })

  it('are sorted with what is missing behind, either way', () => {
    const blank = line({
      feed: feedOf({ samples: () => samples({ values: new Float32Array(3).fill(NaN) }) }),
    })
    const low = line({ feed: feedOf({ samples: () => samples({ values: Float32Array.of(0, 0, 0) }) }) })
    const rows = rowsOf([blank, line(), low], 0, 9_000)
    const maxima = (descending: boolean): (number | null)[] =>
      sorted(rows, { by: 'max', descending }).map(({ max }) => max)
    expect(maxima(true)).toEqual([3, 0, null])
    expect(maxima(false)).toEqual([0, 3, null])
    expect(nextOrder(nextOrder(nextOrder(null, 'max'), 'max'), 'max')).toBeNull()
  })

  it('are copied in base units, one line each, whatever names hold', () => {
    const odd = { ...line(), name: 'a\tb\nc' }
    expect(tableText(rowsOf([odd], 0, 9_000))).toBe(
      'metric\thost\tmin\tavg\tmax\tlast\na b c (bytes)\ta\t1\t2\t3\t3\n',
    )
  })

  it('lose nothing that single precision holds', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const read = Number(plainNumber(value))
        expect(Math.abs(read - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-6)
      }),
    )
  })
})

describe('CSV', () => {
  const whole = { from: 0, to: 10_000, signal: new AbortController().signal, progress: () => undefined }

  it('has a row for each time of any series, missing values empty, min and max where rolled up', async () => {
    const second = line({
      compared: { host: 'a', path: '/metrics/vm/i/n', key: '', slot: 1 },
      feed: feedOf({
        samples: () =>
          samples({
            times: Float64Array.of(2_000, 4_000),
            values: Float32Array.of(0.5, -1),
            lows: Float32Array.of(0.25, -2),
            highs: Float32Array.of(1, 0),
          }),
      }),
    })
    const csv = await metricsCsv([line(), second], whole)
    expect(csv?.parts.join('').split('\r\n')).toEqual([
      'time,a /metrics/vm/i/m [bytes],a /metrics/vm/i/n min [bytes],a /metrics/vm/i/n avg [bytes],a /metrics/vm/i/n max [bytes]',
      '1970-01-01T00:00:01.000Z,1,,,',
      '1970-01-01T00:00:02.000Z,,0.25,0.5,1',
      '1970-01-01T00:00:03.000Z,3,,,',
      '1970-01-01T00:00:04.000Z,,-2,-1,0',
      '',
    ])
    expect(csv?.rows).toBe(4)
  })

  it('has the range that shows and nothing else, and no formula in its head', async () => {
    const evil = line({ host: hostNamed('a', { name: '=cmd()' }) })
    const csv = await metricsCsv([evil], { ...whole, from: 2_000, to: 2_500 })
    expect(csv?.parts.join('')).toBe("time,'=cmd() /metrics/vm/i/m [bytes]\r\n1970-01-01T00:00:02.000Z,\r\n")
  })

  it('tells how far it is, and stops when it is cancelled', async () => {
    const long = line({
      feed: feedOf({
        samples: () =>
          samples({
            times: Float64Array.from({ length: 2_000 }, (_, at) => at),
            values: new Float32Array(2_000),
          }),
      }),
    })
    const shares: number[] = []
    await metricsCsv([long], { ...whole, progress: (share) => shares.push(share) })
    expect(shares).toEqual([0.25, 0.5, 0.75, 1])
    const stop = new AbortController()
    const cancelled = metricsCsv([long], { ...whole, signal: stop.signal, progress: () => stop.abort() })
    expect(await cancelled).toBeNull()
  })
})

it.each(['', '{', 'null', '[1]', '[{"host":"a"}]', '[{"host":"a","path":"/x"}]'])(
  '%j is nothing that can be dropped',
  (text) => expect(readDropped(text)).toEqual([]),
)

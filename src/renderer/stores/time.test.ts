import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTestApp, type TestApp } from '../test-app'
import { hostNamed } from '../test-engine'
import { useHosts } from './hosts'
import { useSettings } from './settings'
import { useTime } from './time'

let app: TestApp
beforeEach(() => (app = createTestApp()))
afterEach(() => {
  app.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
const minutes = (count: number): number => count * 60_000

describe('time', () => {
  it('is the last minutes up to the newest sample, whatever the host’s clock says', () => {
    const time = app.run(useTime)
    const skewed = Date.now() - 3_600_000
    time.heard(skewed)
    expect(time.range).toEqual({ from: skewed - minutes(5), to: skewed })
    app.run(useSettings).choose({ range: 30 })
    expect(time.range).toEqual({ from: skewed - minutes(30), to: skewed })
  })

  it('does not go back for a slower group, but does for a clock that was set back', () => {
    const time = app.run(useTime)
    time.heard(1_000_000)
    time.heard(991_000)
    expect(time.range.to).toBe(1_000_000)
    time.heard(500_000)
    expect(time.range.to).toBe(500_000)
  })

  it('moves on while a host is silent, so that the silence shows', () => {
    vi.useFakeTimers()
    const time = app.run(useTime)
    time.heard(1_000_000)
    vi.advanceTimersByTime(2_900)
    expect(time.range.to).toBe(1_000_000)
    vi.advanceTimersByTime(7_200)
    expect(time.range.to).toBe(1_010_000)
    time.heard(1_011_000)
    expect(time.range.to).toBe(1_011_000)
  })

  it('stands still while paused or zoomed, and goes on where the samples are then', () => {
    const time = app.run(useTime)
    time.heard(1_000_000)
    time.toggle()
    time.heard(1_010_000)
    expect([time.paused, time.range.to]).toEqual([true, 1_000_000])
    time.zoom({ from: 900_000, to: 950_000 })
    expect(time.range).toEqual({ from: 900_000, to: 950_000 })
    time.resume()
    expect([time.paused, time.range.to]).toEqual([false, 1_010_000])
  })

  it('forgets the clock of a host that is no longer looked at', async () => {
    const time = app.run(useTime)
    const hosts = app.run(useHosts)
    await vi.waitFor(() => {
      app.engine.push('hosts.watch', [hostNamed('a'), hostNamed('b')])
      expect(hosts.selectedId).toBe('a')
    })
    time.heard(1_000)
    time.pause()
    time.point(500)
    hosts.select('b')
    expect([time.paused, time.cursor, time.newest]).toEqual([false, null, null])
    expect(time.range.to).toBeGreaterThan(1_000)
  })

  it('goes back through the ranges that were shown, to the live one at last', () => {
    const time = app.run(useTime)
    time.heard(1_000_000)
    expect(time.canGoBack).toBe(false)
    time.zoom({ from: 800_000, to: 900_000 })
    time.zoom({ from: 840_000, to: 850_000 })
    time.back()
    expect(time.range).toEqual({ from: 800_000, to: 900_000 })
    time.back()
    expect([time.paused, time.canGoBack]).toEqual([false, false])
    time.back()
    expect(time.paused).toBe(false)
  })

  it('zooms around the cursor, and never to nothing', () => {
    const time = app.run(useTime)
    time.heard(1_000_000)
    time.zoom({ from: 900_000, to: 1_000_000 })
    time.point(910_000)
    time.zoomIn()
    expect(time.range).toEqual({ from: 905_000, to: 955_000 })
    time.zoomOut()
    expect(time.range).toEqual({ from: 900_000, to: 1_000_000 })
    for (let step = 0; step < 40; step++) time.zoomIn()
    expect(time.range.to - time.range.from).toBeGreaterThanOrEqual(1_000)
  })

  it('moves to what was earlier, and is live again where it would pass the newest sample', () => {
    const time = app.run(useTime)
    time.heard(1_000_000)
    time.later()
    expect(time.paused).toBe(false)
    time.earlier()
    time.earlier()
    expect(time.range).toEqual({ from: 400_000, to: 700_000 })
    time.later()
    expect(time.range).toEqual({ from: 550_000, to: 850_000 })
    time.later()
    expect(time.paused).toBe(false)
  })
})

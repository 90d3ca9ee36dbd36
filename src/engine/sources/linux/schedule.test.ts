import { describe, expect, it } from 'vitest'
import { runSchedule } from './schedule'
import { ManualClock, settle } from './testing/manual-clock'

const started = 1_000

function watch(options: { interval: number; second?: number }, work: (clock: ManualClock) => Promise<void>) {
  const clock = new ManualClock()
  const stop = new AbortController()
  const ticks: number[] = []
  const done = runSchedule({ clock, signal: stop.signal, ...options }, async () => {
    ticks.push(clock.monotonic() - started)
    await work(clock)
  })
  return { clock, stop, ticks, done }
}

describe('runSchedule', () => {
  it('ticks at once and then at fixed times, whatever a tick takes', async () => {
    const { clock, ticks, stop, done } = watch({ interval: 1_000 }, (clock) => {
      clock.jump(137)
      return Promise.resolve()
    })
    await clock.advance(5_500)
    expect(ticks).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000])
    stop.abort()
    await done
    expect(clock.sleeping).toBe(0)
  })

  it('skips what came due while a tick ran, and keeps to its times', async () => {
    let slow = 2_300
    const { clock, ticks, stop } = watch({ interval: 1_000 }, (clock) => {
      clock.jump(slow)
      slow = 0
      return Promise.resolve()
    })
    await clock.advance(3_900)
    expect(ticks.slice(0, 3)).toEqual([0, 3_000, 4_000])
    stop.abort()
  })

  it('never runs two ticks at the same time', async () => {
    let release = (): void => undefined
    const { clock, ticks, stop } = watch(
      { interval: 1_000 },
      () => new Promise((resolve) => (release = resolve)),
    )
    await clock.advance(5_000)
    expect(ticks).toEqual([0])
    release()
    await clock.advance(1_500)
    expect(ticks).toEqual([0, 6_000])
    stop.abort()
    release()
  })

  it('does not repeat a step when a timer fires early', async () => {
    const stop = new AbortController()
    const clock = new ManualClock()
    const early = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: (milliseconds: number, signal: AbortSignal) => clock.sleep(milliseconds - 0.6, signal),
    }
    let count = 0
    void runSchedule({ clock: early, interval: 1_000, signal: stop.signal }, () =>
      Promise.resolve().then(() => {
        count++
      }),
    )
    await clock.advance(10_000)
    expect(count).toBe(11)
    stop.abort()
  })

  it('can take its second tick earlier', async () => {
    const { clock, ticks, stop } = watch({ interval: 5_000, second: 1_500 }, () => Promise.resolve())
    await clock.advance(12_000)
    expect(ticks).toEqual([0, 1_500, 6_500, 11_500])
    stop.abort()
  })

  it('does nothing once aborted, and passes on what a tick throws', async () => {
    const stop = new AbortController()
    stop.abort()
    let count = 0
    await runSchedule({ clock: new ManualClock(), interval: 10, signal: stop.signal }, () =>
      Promise.resolve().then(() => {
        count++
      }),
    )
    expect(count).toBe(0)
    const { done } = watch({ interval: 10 }, () => Promise.reject(new Error('broken')))
    await expect(done).rejects.toThrow('broken')
    await settle()
  })
})

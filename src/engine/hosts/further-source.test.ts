import { describe, expect, it } from 'vitest'
import { DiagnosticError } from '@shared/errors'
import type { Finding } from '@shared/model/host'
import type { Clock } from '../clock'
import type { RunningSource } from '../sources/source'
import { keepSourceRunning } from './further-source'

/** Time that passes only in sleeps, each of which lets everything else run. */
function steppingClock(): Clock & { slept: number[] } {
  let now = 0
  const slept: number[] = []
  return {
    slept,
    now: () => now,
    monotonic: () => now,
    async sleep(milliseconds) {
      slept.push(milliseconds)
      now += milliseconds
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

describe('a source that the host can do without', () => {
  it('is told among the findings when it fails, opened again later and later, and closed at the end', async () => {
    const clock = steppingClock()
    const abort = new AbortController()
    const troubles: (Finding | null)[] = []
    let opened = 0
    let closed = 0
    const open = (): Promise<RunningSource> => {
      opened++
      if (opened < 3)
        return Promise.reject(new DiagnosticError('not-found', 'No log.', { hint: 'Look elsewhere.' }))
      const done =
        opened === 3
          ? Promise.reject(new DiagnosticError('connection-lost', 'The reader ended.'))
          : new Promise<void>((resolve) => {
              abort.signal.addEventListener('abort', () => resolve(), { once: true })
              setImmediate(() => abort.abort())
            })
      const close = (): Promise<void> => {
        closed++
        return Promise.resolve()
      }
      const running: RunningSource = { interval: 1_000, done, close }
      return Promise.resolve(running)
    }
    await keepSourceRunning({ kind: 'logs', title: 'Logs' }, open, {
      clock,
      signal: abort.signal,
      random: () => 0.5,
      onTrouble: (each) => troubles.push(each),
    })
    expect(troubles.map((each) => each?.detail ?? null)).toEqual([
      'No log. Look elsewhere.',
      'No log. Look elsewhere.',
      null,
      'The reader ended.',
      null,
    ])
    expect(closed).toBe(2)
    expect(clock.slept[1]).toBeGreaterThan(clock.slept[0] ?? Infinity)
  })
})

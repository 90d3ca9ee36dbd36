import { onTestFinished } from 'vitest'
import { systemClock } from '@engine/clock'
import type { Transport } from '@engine/transports/transport'
import type { ProbeResult, RunningSource } from '../../source'
import { createSysstatSource, type SysstatOptions } from '../index'
import { HistorySink } from './history-sink'

export interface Reading {
  readonly probe: ProbeResult
  readonly sink: HistorySink
  readonly source: RunningSource
  /** Resolves once `archives` were told of, rejects with what could not be read. */
  readonly told: (archives: number) => Promise<void>
}

/** Opens the source over the transport until the test ends; the transport is closed then. */
export async function startReading(transport: Transport, options: Partial<SysstatOptions>): Promise<Reading> {
  const stop = new AbortController()
  const descriptor = createSysstatSource({ settle: 0, ...options })
  const context = { transport, signal: stop.signal }
  const probe = await descriptor.probe(context)
  const sink = new HistorySink()
  const source = await descriptor.open({ ...context, clock: systemClock, sink })
  onTestFinished(async () => {
    stop.abort()
    await source.close()
    await transport.close()
  })
  // After 1, 2, 4, ... archives, and at the end.
  const tellings = (archives: number): number => Math.ceil(Math.log2(archives)) + 1
  const told = async (archives: number): Promise<void> => {
    const arrived = async (): Promise<void> => {
      const end = performance.now() + 30_000
      while (sink.told < tellings(archives) && performance.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      if (sink.told < tellings(archives)) throw new Error('Nothing was told within 30 s.')
    }
    await Promise.race([arrived(), source.done])
  }
  return { probe, sink, source, told }
}

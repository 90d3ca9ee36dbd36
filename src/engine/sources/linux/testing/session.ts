import { onTestFinished } from 'vitest'
import type { RunningSource } from '../../source'
import { linuxSource } from '../index'
import { ManualClock } from './manual-clock'
import { RecordingSink } from './recording-sink'
import type { ScriptedHost } from './scripted-host'

export interface Session {
  readonly host: ScriptedHost
  readonly clock: ManualClock
  readonly sink: RecordingSink
  readonly source: RunningSource
  readonly stop: AbortController
}

/** Opens the source on a host until the test ends; its first two samples are taken. */
export async function openSession(host: ScriptedHost): Promise<Session> {
  const clock = new ManualClock()
  const sink = new RecordingSink()
  const stop = new AbortController()
  const source = await linuxSource.open({ transport: host, clock, sink, signal: stop.signal })
  onTestFinished(() => source.close())
  // The second sample comes early; from then on one each second.
  await clock.advance(400)
  return { host, clock, sink, source, stop }
}

export const nextSample = (session: Session): Promise<void> => session.clock.advance(1_000)

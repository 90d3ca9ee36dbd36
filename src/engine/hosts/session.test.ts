import { afterEach, describe, expect, it, vi } from 'vitest'
import { DiagnosticError } from '@shared/errors'
import { systemClock, type Clock } from '../clock'
import { SeriesBudget } from '../series/budget'
import { RowFeed } from '../row-feed'
import { RowStore } from '../streams/row-store'
import type { RunningSource, SourceContext, SourceDescriptor } from '../sources/source'
import { createLocalTransport } from '../transports/local'
import { HostSession, type SessionContext } from './session'

/** A source whose life the test decides; everything around it is real. */
class ScriptedSource {
  opened = 0
  closed = 0
  context: SourceContext | null = null
  fail: (error: Error) => void = () => undefined
  usable = true

  readonly descriptor: SourceDescriptor = {
    kind: 'scripted',
    title: 'scripted',
    classes: { host: 'the host' },
    probe: () =>
      Promise.resolve({
        usable: this.usable,
        findings: [
          {
            source: 'scripted',
            subject: 'anything',
            available: this.usable,
            detail: 'because the test says so',
          },
        ],
        facts: { hostname: 'scripted' },
      }),
    open: (context) => {
      this.opened++
      this.context = context
      const done = new Promise<void>((_, reject) => (this.fail = reject))
      const running: RunningSource = {
        interval: 100,
        done,
        close: () => {
          this.closed++
          return Promise.resolve()
        },
      }
      return Promise.resolve(running)
    },
  }

  sample(value: number): void {
    const group = this.context?.sink.group('fast', 100)
    if (!group) throw new Error('not open')
    const at = group.add(
      { class: 'host', id: 'host', name: 'host' },
      { name: 'cpu', units: 'ratio', description: '', type: 'gauge' },
      { kind: 'gauge' },
    )
    group.raw[at] = value
    group.commit(Date.now(), performance.now())
  }
}

const context = (clock: Clock): SessionContext => ({
  clock,
  random: () => 0,
  budget: new SeriesBudget(2 ** 27),
  rows: new RowFeed(new RowStore(2 ** 27), clock),
  changed: () => undefined,
})

describe('HostSession', () => {
  const sessions: HostSession[] = []
  afterEach(() => Promise.all(sessions.splice(0).map((session) => session.disconnect())))

  function start(
    source: ScriptedSource,
    open = () => Promise.resolve({ transport: createLocalTransport() }),
    supplements: readonly SourceDescriptor[] = [],
  ): HostSession {
    // No jitter and the shortest back-off, so that the test need not wait.
    const clock = {
      ...systemClock,
      sleep: (ms: number, signal: AbortSignal) => systemClock.sleep(Math.min(ms, 50), signal),
    }
    const profile = {
      id: 'a',
      name: 'a',
      address: 'here',
      simulated: false,
      sources: [...supplements, source.descriptor],
      open,
    }
    const session = new HostSession(profile, context(clock))
    sessions.push(session)
    session.connect()
    return session
  }

  it('goes live with the first sample, tells what it found, and goes stale when samples stop', async () => {
    const source = new ScriptedSource()
    const session = start(source)
    await vi.waitFor(() =>
      expect(session.summary()).toMatchObject({ state: 'connecting', stage: 'sample', lastSampleAt: null }),
    )
    source.sample(0.5)
    expect(session.summary()).toMatchObject({ state: 'live', stage: null, error: null, interval: 100 })
    expect(session.details()).toMatchObject({
      facts: { hostname: 'scripted', kernel: null },
      findings: [{ subject: 'anything' }],
    })
    await vi.waitFor(() => expect(session.summary().state).toBe('stale'))
    source.sample(0.6)
    expect(session.summary().state).toBe('live')
  })

  it('comes back after the source broke, and keeps the history', async () => {
    const source = new ScriptedSource()
    const session = start(source)
    await vi.waitFor(() => expect(source.opened).toBe(1))
    source.sample(0.5)
    source.fail(new DiagnosticError('connection-lost', 'cut'))
    await vi.waitFor(() =>
      expect(session.summary()).toMatchObject({ state: 'reconnecting', error: { code: 'connection-lost' } }),
    )
    await vi.waitFor(() => expect(source.opened).toBe(2))
    expect(source.closed).toBe(1)
    source.sample(0.7)
    expect(session.summary()).toMatchObject({ state: 'live', error: null })
    const series = session.metrics.find({ class: 'host', instance: 'host', metric: 'cpu' })
    expect(series?.group.ring.next).toBe(2)
  })

  it('does not knock again where it was refused', async () => {
    const open = vi.fn(() => Promise.reject(new DiagnosticError('authentication-failed', 'no')))
    const session = start(new ScriptedSource(), open)
    await vi.waitFor(() =>
      expect(session.summary()).toMatchObject({ state: 'failed', error: { message: 'no' } }),
    )
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(open).toHaveBeenCalledOnce()
    session.connect()
    await vi.waitFor(() => expect(open).toHaveBeenCalledTimes(2))
    await vi.waitFor(() => expect(session.summary().state).toBe('failed'))
    await session.disconnect()
    expect(session.summary()).toMatchObject({ state: 'disconnected', error: null })
  })

  it('connects at once when asked to during the wait between two attempts', async () => {
    const open = vi.fn(() => Promise.reject(new DiagnosticError('unreachable', 'away')))
    const clock = {
      ...systemClock,
      sleep: (_: number, signal: AbortSignal) => systemClock.sleep(600_000, signal),
    }
    const profile = { id: 'a', name: 'a', address: 'here', simulated: false, sources: [], open }
    const session = new HostSession(profile, context(clock))
    sessions.push(session)
    session.connect()
    await vi.waitFor(() => expect(session.summary().state).toBe('reconnecting'))
    session.connect()
    await vi.waitFor(() => expect(open).toHaveBeenCalledTimes(2))
  })

  it('ends connected when it is asked to connect while it disconnects', async () => {
    const source = new ScriptedSource()
    const session = start(source)
    await vi.waitFor(() => expect(source.opened).toBe(1))
    const gone = session.disconnect()
    session.connect()
    await gone
    await vi.waitFor(() => expect(source.opened).toBe(2))
    source.sample(0.5)
    expect(session.summary().state).toBe('live')
  })

  it('says why a host has nothing to read', async () => {
    const source = new ScriptedSource()
    source.usable = false
    const session = start(source)
    await vi.waitFor(() =>
      expect(session.summary()).toMatchObject({
        state: 'failed',
        error: { hint: 'because the test says so' },
      }),
    )
  })

  it('can be disconnected at any moment, and connected again', async () => {
    const source = new ScriptedSource()
    const session = start(source)
    await session.disconnect()
    expect(session.summary()).toMatchObject({ state: 'disconnected', error: null })
    session.connect()
    session.connect()
    await vi.waitFor(() => expect(session.summary().stage).toBe('sample'))
    source.sample(1)
    await session.disconnect()
    expect(source.closed).toBe(source.opened)
  })

  it('measures what the console costs', async () => {
    const source = new ScriptedSource()
    const session = start(source)
    await vi.waitFor(() => expect(session.summary().cost.cpu).toBeGreaterThan(0))
    expect(session.metrics.find({ class: 'console', instance: 'self', metric: 'cpu' })).toBeDefined()
  })

  it('waits for no source that only adds to others, and does not suffer from one that fails', async () => {
    const supplement = (kind: string, probe: SourceDescriptor['probe']): SourceDescriptor => ({
      kind,
      title: kind,
      classes: {},
      isSupplement: true,
      probe,
      open: () => Promise.reject(new DiagnosticError('not-supported', 'It is not meant to be opened.')),
    })
    const hung = supplement('hung', ({ signal }) => {
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
    })
    const broken = supplement('broken', () => Promise.reject(new DiagnosticError('internal', 'It broke.')))
    const usable = supplement('usable', () => Promise.resolve({ usable: true, findings: [], facts: {} }))
    const source = new ScriptedSource()
    const session = start(source, undefined, [hung, broken, usable])
    await vi.waitFor(() => expect(session.summary().stage).toBe('sample'))
    source.sample(0.5)
    expect(session.summary().state).toBe('live')
    await vi.waitFor(() =>
      expect(session.details().findings).toMatchObject([
        { source: 'scripted' },
        { source: 'broken', available: false, detail: 'It broke.' },
        { source: 'usable', available: false, detail: 'It is not meant to be opened.' },
      ]),
    )
    source.sample(0.6)
    expect(session.summary().state).toBe('live')
    await session.disconnect()
    expect(session.summary()).toMatchObject({ state: 'disconnected', error: null })
  })

  it('is not carried by a source that only adds to others', async () => {
    const source = new ScriptedSource()
    source.usable = false
    let probed = 0
    const supplement: SourceDescriptor = {
      ...new ScriptedSource().descriptor,
      isSupplement: true,
      probe: () => {
        probed++
        return Promise.resolve({ usable: true, findings: [], facts: {} })
      },
    }
    const session = start(source, undefined, [supplement])
    await vi.waitFor(() => expect(session.summary()).toMatchObject({ state: 'failed' }))
    expect(probed).toBe(0)
  })
})

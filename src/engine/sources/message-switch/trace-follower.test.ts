import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../clock'
import type { MessageEvent, MessageSink } from '../source'
import type { SwitchReader } from './reader'
import { TraceFollower } from './trace-follower'

const ring = 16
const clock: Clock = {
  now: () => 1_000_000,
  monotonic: () => 0,
  sleep: () => Promise.resolve(),
}

/** A switch whose time passes when the test says so; it answers requests one after the other, as the real one. */
class ScriptedSwitch implements SwitchReader {
  readonly how = 'a script'
  readonly pipelines: boolean
  readonly asked: { from: bigint; answer: (ids: number[]) => void }[] = []
  most = 0
  events = 0

  constructor(pipelines: boolean) {
    this.pipelines = pipelines
  }

  get(path: string): Promise<Uint8Array> {
    const from = BigInt(path.split('/')[2] ?? '')
    return new Promise((resolve) => {
      const answer = (ids: number[]): void => {
        const events = ids.map((id) => [id, { time: id / 1_000, queue: 'q', message: ['Ack', ['q', id]] }])
        resolve(Buffer.from(JSON.stringify({ events })))
      }
      this.asked.push({ from, answer })
      this.most = Math.max(this.most, this.asked.length)
      this.#serve()
    })
  }

  happen(count: number): void {
    for (let at = 0; at < count; at++) {
      this.events++
      this.#serve()
    }
  }

  /** The request that waits at the head has waited long enough. */
  timeOut(): void {
    this.asked.shift()?.answer([])
    this.#serve()
  }

  close(): void {
    this.asked.splice(0)
  }

  #serve(): void {
    for (;;) {
      const head = this.asked[0]
      if (!head || (head.from >= BigInt(this.events) && head.from !== -1n)) return
      this.asked.shift()
      const oldest = Math.max(0, this.events - ring, Number(head.from))
      head.answer(Array.from({ length: Math.max(0, this.events - oldest) }, (_, at) => oldest + at))
    }
  }
}

function recordingSink(): MessageSink & { seen: number[]; lost: number; restarts: number } {
  const sink = {
    position: null as string | null,
    seen: [] as number[],
    lost: 0,
    restarts: 0,
    observed(events: readonly MessageEvent[]) {
      sink.seen.push(...events.map(({ time }) => Math.round(time)))
    },
    missed(count: number | null) {
      sink.lost += count ?? 0
    },
    queues: () => undefined,
    total: () => undefined,
    restarted() {
      sink.restarts++
    },
  }
  return sink
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

type Happening = { kind: 'events'; count: number } | { kind: 'timeout' } | { kind: 'pause' }
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant('events' as const), count: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('timeout' as const) }),
  fc.record({ kind: fc.constant('pause' as const) }),
)

describe('following the trace', () => {
  it.each([true, false])(
    'sees each event once and in order, or counts it as lost (requests sent ahead: %s)',
    async (pipelines) => {
      await fc.assert(
        fc.asyncProperty(fc.array(happening, { maxLength: 40 }), async (happenings) => {
          const bus = new ScriptedSwitch(pipelines)
          const sink = recordingSink()
          const stop = new AbortController()
          bus.happen(3)
          const running = new TraceFollower(sink, clock).run(bus, stop.signal).catch(() => undefined)
          await settle()
          for (const each of happenings) {
            if (each.kind === 'events') bus.happen(each.count)
            else if (each.kind === 'timeout') bus.timeOut()
            if (each.kind !== 'events' || each.count % 2 === 0) await settle()
          }
          // What is on its way comes to rest, and then the next event arrives.
          for (let at = 0; at < 60; at++) {
            await settle()
            if (at % 3 === 0 && at < 54) bus.timeOut()
          }
          bus.happen(1)
          for (let at = 0; at < 60; at++) {
            await settle()
            if (sink.seen.at(-1) !== bus.events - 1 && at % 3 === 0) bus.timeOut()
          }
          expect(sink.seen.length + sink.lost).toBe(bus.events)
          expect(sink.seen).toEqual([...new Set(sink.seen)].sort((a, b) => a - b))
          expect(sink.position).toBe(String(bus.events))
          if (!pipelines) expect(bus.most).toBe(1)
          stop.abort()
          bus.timeOut()
          await settle()
          await running
        }),
        { numRuns: 150 },
      )
    },
  )

  it('sends requests ahead once events were lost', async () => {
    const bus = new ScriptedSwitch(true)
    const sink = recordingSink()
    const stop = new AbortController()
    const running = new TraceFollower(sink, clock).run(bus, stop.signal)
    await settle()
    bus.happen(1)
    await settle()
    expect(bus.most).toBe(1)
    bus.happen(50)
    await settle()
    bus.happen(50)
    await settle()
    expect(bus.most).toBeGreaterThan(1)
    stop.abort()
    while (bus.asked.length > 0) {
      bus.timeOut()
      await settle()
    }
    await running
    expect(sink.seen.length + sink.lost).toBe(101)
  })

  it('knows from its ids that the switch was restarted', async () => {
    const sink = recordingSink()
    sink.position = '500'
    const bus = new ScriptedSwitch(false)
    bus.happen(4)
    const stop = new AbortController()
    const running = new TraceFollower(sink, clock).run(bus, stop.signal)
    await settle()
    expect(sink).toMatchObject({ restarts: 1, seen: [0, 1, 2, 3], position: '4' })
    stop.abort()
    bus.timeOut()
    await running
  })
})

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { calls, subscriptions } from '@shared/contract'
import type { RowSelection, ViewUpdate } from '@shared/model/rows'
import { createCarrierPair } from '@shared/rpc/memory-carrier'
import { RpcClient } from '@shared/rpc/client'
import {
  bindCall,
  bindSubscription,
  serveRpc,
  type BoundCall,
  type BoundSubscription,
} from '@shared/rpc/server'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from './clock'
import { RowFeed } from './row-feed'
import { RowQueries } from './row-queries'
import type { LineBatch, RowSink } from './row-sink'
import { RowStore } from './streams/row-store'
import { batchOf, testFormat } from './streams/testing/plain'

const refused: BoundCall = () => Promise.reject(new Error('not asked for here'))
const unused: BoundSubscription = () => {
  throw new Error('not asked for here')
}
function everyName<Name extends string, T>(of: Readonly<Record<Name, unknown>>, value: T): Record<Name, T> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-type-assertion -- the names are those of the object itself
  return Object.fromEntries(Object.keys(of).map((name) => [name, value])) as Record<Name, T>
}
const selectionOf = (filter: string): RowSelection => ({
  kind: 'logs',
  hosts: [],
  streams: [],
  filter,
  utcOffset: 0,
})

/** Rows behind the real rpc, as a window has them. */
class Rows {
  readonly feed = new RowFeed(new RowStore(256 * 2 ** 20), systemClock)
  readonly client: RpcClient
  /** While it is set, the window says nothing: no credit goes back. */
  #blocked = false
  readonly #held: (() => void)[] = []
  readonly sink: RowSink

  constructor() {
    const queries = new RowQueries(this.feed, systemClock)
    const [ours, theirs] = createCarrierPair()
    const post = ours.post.bind(ours)
    ours.post = (message) => {
      if (this.#blocked) this.#held.push(() => post(message))
      else post(message)
    }
    serveRpc(theirs, {
      calls: {
        ...everyName(calls, refused),
        'rows.read': bindCall(calls['rows.read'], (params) => queries.read(params)),
      },
      subscriptions: {
        ...everyName(subscriptions, unused),
        'rows.view': bindSubscription(subscriptions['rows.view'], (params, signal) =>
          queries.watch(params, signal),
        ),
      },
    })
    this.client = new RpcClient(ours)
    this.sink = this.feed.sink('h', { kind: 'logs', name: 'one', format: testFormat }, () => 0)
  }

  block(): void {
    this.#blocked = true
  }

  release(): void {
    this.#blocked = false
    for (const post of this.#held.splice(0)) post()
  }

  close(): void {
    this.release()
    this.client.close()
    this.feed.close()
  }
}

let rows: Rows | null = null
afterEach(() => rows?.close())

describe('a window that takes in nothing for ten seconds', () => {
  it(
    'has everything afterwards, and what was made for it meanwhile does not grow',
    { timeout: 60_000 },
    async () => {
      rows = new Rows()
      const { client, sink, feed } = rows
      const updates: ViewUpdate[] = []
      client.subscribe(
        'rows.view',
        { selection: selectionOf(''), tail: 150, maxBytes: 2_048 },
        { next: (update) => updates.push(update) },
      )
      await expect.poll(() => updates.length).toBeGreaterThan(0)
      let written = 0
      const write = (count: number): void => {
        const now = Date.now()
        sink.append(
          batchOf(
            Array.from({ length: count }, () => `${now} ${written % 8} n=${written++} ${'x'.repeat(100)}`),
          ),
        )
      }
      rows.block()
      const before = updates.length
      const end = performance.now() + 10_000
      while (performance.now() < end) {
        write(1_000)
        await sleep(10)
      }
      // What its credit allowed, and no more.
      expect(updates.length - before).toBeLessThanOrEqual(4)
      expect(feed.store.used).toBeLessThanOrEqual(feed.store.limit)
      rows.release()
      await expect
        .poll(() => (updates.at(-1)?.end ?? 0) - (updates.at(-1)?.first ?? 0), { timeout: 20_000 })
        .toBe(written)
      const last = updates.at(-1)
      if (!last) throw new Error('unreachable')
      expect(last.streams).toMatchObject([{ received: written, dropped: 0, lost: 0, lossUnknown: false }])
      let expected = 0
      for (let from = last.first; from < last.end; from += 2_000) {
        const batch = await client.call('rows.read', {
          view: last.view,
          from,
          count: 2_000,
          maxBytes: 40,
          mark: null,
        })
        let start = 0
        for (const stop of batch.ends) {
          const text = Buffer.from(batch.text.subarray(start, stop)).toString()
          start = stop
          if (!text.includes(` n=${expected++} `))
            throw new Error(`line ${expected - 1} is not where it belongs: ${text}`)
        }
      }
      expect(expected).toBe(written)
    },
  )
})

/** Rows that make the most of a bad pattern; the last is what the store keeps of one of 100 MB. */
function worstRows(): LineBatch {
  const shapes = ['a', 'ab', 'x1']
  const lengths = [...Array<number>(600).fill(200), ...Array<number>(60).fill(2_000), 20_000, 65_000]
  const lines = lengths.flatMap((length) =>
    shapes.map((shape) => `1 6 ${shape.repeat(length).slice(0, length)}`),
  )
  const batch = batchOf(lines)
  return { ...batch, cut: new Map([[batch.count - 1, 100_000_000]]) }
}

describe('1,000 catastrophic patterns on rows of up to 100 MB', () => {
  const parts = ['a', 'x', '\\w', '\\d', '[a-z]', '.', '[ab]', '(?:a|b)', '(?:ab?)', '[^b]']
  const shapes: readonly ((p: string, q: string) => string)[] = [
    (p, q) => `(${p}+)+${q}$`,
    (p, q) => `(${p}*)*${q}!`,
    (p, q) => `(${p}|${q})*!`,
    (p, q) => `(${p}+${q}+)+!`,
    (p, q) => `^((?:${p})+(?:${q})?)*$`,
    (p, q) => `(?:${p}*${q}*)*!`,
    (p, q) => `${p}*${q}*${p}*${q}*!`,
    (p, q) => `(?:(?:${p})?(?:${q})?){40}!`,
    (p, q) => `(((?:${p}){1,20}){1,20}${q})!`,
    (p, q) => `(?:${p}|${q}|${p}${q})+$`,
  ]
  const patterns = shapes.flatMap((shape) => parts.flatMap((p) => parts.map((q) => shape(p, q))))

  it('never stop the engine for more than 250 ms', { timeout: 400_000 }, async () => {
    expect(patterns).toHaveLength(1_000)
    rows = new Rows()
    const { client, sink, feed } = rows
    sink.append(worstRows())
    feed.store.tidy(Date.now() + 1_000)
    const delay = monitorEventLoopDelay({ resolution: 5 })
    const own = new OwnDelay()
    delay.enable()
    for (const [at, pattern] of patterns.entries()) {
      const update = await new Promise<ViewUpdate>((resolve, reject) => {
        const subscription = client.subscribe(
          'rows.view',
          { selection: selectionOf(`/${pattern}/`), tail: 10, maxBytes: 100 },
          {
            next: (item) => {
              resolve(item)
              subscription.close()
            },
            error: reject,
          },
        )
      })
      expect(update.error, pattern).toBeNull()
      // What is marked is tested too.
      if (at % 50 === 0) await markAll(client, pattern)
    }
    own.stop()
    delay.disable()
    const byClock = `by the clock ${(delay.max / 1e6).toFixed(0)} ms, 99 % ${(delay.percentile(99) / 1e6).toFixed(0)} ms`
    expect(own.longest, byClock).toBeLessThan(250)
  })

  it('say so where they are ended', { timeout: 60_000 }, async () => {
    rows = new Rows()
    const { client, sink, feed } = rows
    let seed = 1
    const letters = Array.from({ length: 65_000 }, () =>
      (seed = (seed * 48_271) % 2_147_483_647) & 64 ? 'a' : 'b',
    )
    sink.append(batchOf([`1 6 ${letters.join('')}`]))
    feed.store.tidy(Date.now() + 1_000)
    let stopped: string | null = null
    client.subscribe(
      'rows.view',
      { selection: selectionOf('/[ab]*a[ab]{800}[cd]/'), tail: 1, maxBytes: 10 },
      { next: (update) => (stopped = update.stopped) },
    )
    await expect.poll(() => stopped, { timeout: 20_000 }).toMatch(/filter is too slow/)
  })
})

async function markAll(client: RpcClient, pattern: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const subscription = client.subscribe(
      'rows.view',
      { selection: selectionOf(''), tail: 0, maxBytes: 0 },
      {
        next: ({ view, first }) => {
          const wanted = { view, from: first, count: 2_000, maxBytes: 10, mark: `/${pattern}/` }
          client
            .call('rows.read', wanted)
            .then(() => resolve(), reject)
            .finally(() => subscription.close())
        },
        error: reject,
      },
    )
  })
}

/** The longest turn of the event loop, by the lesser of clock and CPU: what else the machine does does not count. */
class OwnDelay {
  longest = 0
  #stopped = false

  constructor() {
    this.#watch(performance.now(), process.cpuUsage())
  }

  stop(): void {
    this.#stopped = true
  }

  #watch(time: number, cpu: NodeJS.CpuUsage): void {
    setImmediate(() => {
      const { user, system } = process.cpuUsage(cpu)
      this.longest = Math.max(this.longest, Math.min(performance.now() - time, (user + system) / 1_000))
      if (!this.#stopped) this.#watch(performance.now(), process.cpuUsage())
    })
  }
}

import { execFile, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/engine/clock'
import { RowFeed } from '../../src/engine/row-feed'
import { rowFlags } from '../../src/engine/streams/row-chunk'
import { RowStore } from '../../src/engine/streams/row-store'
import type { RowStream } from '../../src/engine/streams/row-stream'
import type { Transport } from '../../src/engine/transports/transport'
import type { ProbeResult, RunningSource, SourceSink } from '../../src/engine/sources/source'
import { createLogsSource, type LogsOptions } from '../../src/engine/sources/logs'

export interface WriterOptions {
  readonly lines: number
  readonly burst: number
  readonly pause?: number
  readonly rotate?: number
  readonly how?: 'rename' | 'copy'
  readonly pad?: number
  readonly first?: number
}

export interface Row {
  readonly text: string
  readonly isGap: boolean
  readonly time: number
  readonly level: number
  readonly length: number
}

const host = 'test'

/** A folder of logs, and the store that their rows come to, over as many connections as a test makes. */
export class LogTest {
  readonly folder = mkdtempSync(join(tmpdir(), 'xcp-logs-'))
  readonly store: RowStore
  readonly feed: RowFeed
  readonly #options: Partial<LogsOptions>
  readonly #stop = new AbortController()
  readonly #running: RunningSource[] = []
  readonly #writers: ChildProcess[] = []

  constructor(options: Partial<LogsOptions> = {}, bytes = 256 * 2 ** 20) {
    this.store = new RowStore(bytes)
    this.feed = new RowFeed(this.store, systemClock)
    this.#options = { folder: this.folder, journal: null, newFiles: 300, ...options }
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  get sink(): SourceSink {
    return {
      group: () => {
        throw new Error('logs have no metrics')
      },
      history: () => undefined,
      processes: () => undefined,
      rows: (options) => this.feed.sink(host, options, () => 0),
      messages: () => {
        throw new Error('logs have no messages')
      },
    }
  }

  probe(transport: Transport): Promise<ProbeResult> {
    return createLogsSource(this.#options).probe({ transport, signal: this.#stop.signal })
  }

  /** Follows until `close` or the end of the connection. */
  async open(transport: Transport): Promise<RunningSource> {
    const source = createLogsSource(this.#options)
    const context = { transport, signal: this.#stop.signal, clock: systemClock, sink: this.sink }
    await source.probe(context)
    const running = await source.open(context)
    this.#running.push(running)
    return running
  }

  stream(name: string): RowStream | undefined {
    const path = name.startsWith('/') || name === 'journal' ? name : this.path(name)
    return [...this.store.streams].find(({ label }) => label.name === path)
  }

  rows(name: string): Row[] {
    const rows: Row[] = []
    for (const chunk of this.stream(name)?.chunks ?? []) {
      for (let row = 0; row < chunk.count; row++) {
        rows.push({
          text: Buffer.from(chunk.bytes.subarray(chunk.startOf(row), chunk.endOf(row))).toString(),
          isGap: (chunk.flagsOf(row) & rowFlags.gap) !== 0,
          time: chunk.keyOf(row),
          level: chunk.levelOf(row),
          length: chunk.lengthOf(row),
        })
      }
    }
    return rows
  }

  gaps(name: string): Row[] {
    return this.rows(name).filter(({ isGap }) => isGap)
  }

  /** Numbers of the writer's lines, in the order of the rows; `null` for a gap. */
  numbers(name: string): (number | null)[] {
    return this.rows(name).map(({ text, isGap }) => {
      const found = /\bn=(\d+)/.exec(text)?.[1]
      if (isGap) return null
      if (found === undefined) throw new Error(`not a line of the writer: ${text.slice(0, 200)}`)
      return Number(found)
    })
  }

  /** The number of the newest line; -1 where there is none. */
  last(name: string): number {
    const chunk = this.stream(name)?.chunks.at(-1)
    if (!chunk) return -1
    for (let row = chunk.count - 1; row >= 0; row--) {
      const text = Buffer.from(chunk.bytes.subarray(chunk.startOf(row), chunk.endOf(row))).toString('latin1')
      const found = /\bn=(\d+)/.exec(text)?.[1]
      if (found !== undefined && (chunk.flagsOf(row) & rowFlags.gap) === 0) return Number(found)
    }
    return -1
  }

  /** A process that appends numbered lines; resolves when it has written them all. */
  async write(name: string, options: WriterOptions): Promise<void> {
    const program = join(import.meta.dirname, 'log-writer.mjs')
    await new Promise<void>((resolve, reject) => {
      const argument = JSON.stringify({ path: this.path(name), ...options })
      const child = execFile(process.execPath, [program, argument], (error) => {
        // One that the end of the test killed has nobody who waits for it.
        if (error === null || this.#stop.signal.aborted) resolve()
        else reject(new Error('the writer failed', { cause: error }))
      })
      this.#writers.push(child)
    })
  }

  /** Ends what still runs, and removes the folder. */
  async close(): Promise<void> {
    this.#stop.abort()
    for (const writer of this.#writers) writer.kill()
    await Promise.all(this.#running.map((running) => running.close()))
    this.feed.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What is wrong with the account of `total` numbered lines, from the first that is there; empty where nothing is. */
export function faults(numbers: readonly (number | null)[], total: number, from = 0): string[] {
  const found: string[] = []
  let next = from
  let gap = false
  for (const number of numbers) {
    if (number === null) {
      gap = true
      continue
    }
    if (number < next) found.push(`${number} came after ${next - 1}`)
    else if (number > next && !gap) found.push(`${next} to ${number - 1} are missing without a gap`)
    next = Math.max(next, number + 1)
    gap = false
  }
  if (next !== total && !gap) found.push(`${next} to ${total - 1} are missing at the end`)
  return found
}

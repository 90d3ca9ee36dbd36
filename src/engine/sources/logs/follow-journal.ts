import { setImmediate as nextTurn } from 'node:timers/promises'
import { DiagnosticError, isAborted } from '@shared/errors'
import { logFormats, type TimeContext } from '../../formats/logs'
import type { LineBatch, RowSink, SourceContext } from '../source'
import { cursorOf, withoutFirst, type Journal } from './journal'
import { LineBatches } from './line-batches'
import { LogRowFormat } from './row-format'

/** journalctl is started again after so many milliseconds where it ends by itself. */
const restartAfter = 2_000
const mostRows = 2_000
const pieceLength = 64 * 1024

export const journalStream = 'journal'

/** Follows a journal until the signal; rejects when the connection is lost. */
export class JournalFollower {
  readonly #context: SourceContext
  readonly #journal: Journal
  readonly #backfill: number
  readonly #sink: RowSink
  readonly #format: LogRowFormat
  #newest: string | null = null
  #oldest: string | null = null
  /** The line that is expected first: it is there already. */
  #expected: string | null = null
  #lastAt: number | null = null

  constructor(context: SourceContext, journal: Journal, backfill: number, times: TimeContext) {
    this.#context = context
    this.#journal = journal
    this.#backfill = backfill
    this.#format = new LogRowFormat(logFormats['journald-json'], times)
    this.#sink = context.sink.rows({
      kind: 'logs',
      name: journalStream,
      format: this.#format,
      older: (rows, signal) => this.#older(rows, signal),
    })
    const { extent } = this.#sink
    if (typeof extent?.newest === 'string') this.#newest = extent.newest
    if (typeof extent?.oldest === 'string') this.#oldest = extent.oldest
  }

  async run(): Promise<void> {
    const { clock, signal } = this.#context
    while (!isAborted(signal)) {
      try {
        await this.#follow()
      } catch (thrown) {
        if (isAborted(signal)) return
        if (!(thrown instanceof DiagnosticError) || isFinal(thrown)) throw thrown
      }
      await clock.sleep(restartAfter, signal)
    }
  }

  async #follow(): Promise<void> {
    const { transport, signal } = this.#context
    const lines = new LineBatches()
    this.#expected = this.#newest
    const command = this.#journal.following(this.#backfill, this.#newest)
    const running = await transport.spawn(command, { signal, stdin: false })
    try {
      for await (const chunk of running.stdout) {
        if (chunk instanceof Uint8Array) await this.#take(lines, chunk)
      }
      await running.done
    } finally {
      await running.end()
    }
  }

  async #take(lines: LineBatches, chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; at += pieceLength) {
      if (at > 0) await nextTurn()
      const batch = lines.push(chunk.subarray(at, at + pieceLength))
      if (batch !== null) this.#give(batch)
    }
  }

  #give(given: LineBatch): void {
    const batch = this.#afterBreak(given)
    this.#lastAt = this.#context.clock.now()
    if (batch.count === 0) return
    this.#sink.append(batch)
    this.#newest = cursorOf(batch, batch.count - 1) ?? this.#newest
    this.#oldest ??= cursorOf(batch, 0)
    this.#mark()
  }

  /** After a break the first line is the last one that was seen, unless the journal has let it go. */
  #afterBreak(batch: LineBatch): LineBatch {
    const expected = this.#expected
    if (expected === null) return batch
    this.#expected = null
    if (cursorOf(batch, 0) === expected) return withoutFirst(batch)
    this.#sink.gap({
      count: null,
      from: this.#lastAt,
      to: this.#context.clock.now(),
      reason: 'The journal no longer has the line that was read last: lines behind it may be missing.',
    })
    return batch
  }

  async #older(rows: number, signal: AbortSignal): Promise<boolean> {
    const cursor = this.#oldest
    if (cursor === null) return false
    const command = this.#journal.before(cursor, Math.min(rows, mostRows))
    const { stdout } = await this.#context.transport.exec(command, { signal })
    const [first, ...before] = Buffer.from(stdout).toString('latin1').split('\n').slice(0, -1)
    if (first === undefined) return false
    const older = Buffer.from([...before.reverse(), ''].join('\n'), 'latin1')
    const batch = new LineBatches().push(older)
    if (batch === null) return false
    this.#oldest = cursorOf(batch, 0) ?? cursor
    this.#sink.prepend(batch)
    this.#mark()
    return true
  }

  #mark(): void {
    if (this.#newest === null || this.#oldest === null) return
    this.#sink.mark({ oldest: this.#oldest, newest: this.#newest })
  }
}

const isFinal = ({ code }: DiagnosticError): boolean => code === 'connection-lost' || code === 'internal'

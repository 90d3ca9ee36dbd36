import { setMaxListeners } from 'node:events'
import { isAborted } from '@shared/errors'
import type { TimeContext } from '../../formats/logs'
import { Lane } from '../../transports/common/lane'
import type { RunningSource, SourceContext } from '../source'
import { findLogs } from './candidates'
import { follow } from './follow'
import { JournalFollower } from './follow-journal'
import { FollowedFile } from './followed-file'
import { readHostTime } from './host-time'
import { LogStream } from './log-stream'
import { lookAtFile } from './look-at-file'
import { OlderRows } from './older-rows'
import type { LogsOptions } from './options'
import type { LogLook, LogsProbe } from './probe'
import { LogRowFormat } from './row-format'

/** Files that are read at the same time. */
const readAtOnce = 4

/** Starts following; the rows come while it runs. */
export async function openLogs(
  options: LogsOptions,
  probe: LogsProbe,
  given: SourceContext,
): Promise<RunningSource> {
  const stop = new AbortController()
  const onAbort = (): void => stop.abort(given.signal.reason)
  given.signal.addEventListener('abort', onAbort, { once: true })
  if (given.signal.aborted) onAbort()
  // Each file sleeps on it.
  setMaxListeners(0, stop.signal)
  const found = await probe.foundOn(given)
  const times = await readHostTime(given.transport, given.clock, stop.signal)
  const logs = new RunningLogs({ ...given, signal: stop.signal }, options, times, stop)
  for (const look of found.logs) logs.follow(look, options.backfill)
  if (found.journal !== null) logs.start(logs.journal(found.journal).run())
  logs.start(logs.watchFolder(found.seen))
  const done = logs.done().finally(() => given.signal.removeEventListener('abort', onAbort))
  // Who does not wait for `done` must not be ended by it.
  done.catch(() => undefined)
  return {
    interval: 1_000,
    done,
    close: async () => {
      stop.abort()
      await done.catch(() => undefined)
    },
  }
}

class RunningLogs {
  readonly #context: SourceContext
  readonly #options: LogsOptions
  readonly #times: TimeContext
  readonly #stop: AbortController
  readonly #lane = new Lane(readAtOnce)
  readonly #running = new Set<Promise<void>>()
  #followed = 0
  #failure: Error | null = null

  constructor(context: SourceContext, options: LogsOptions, times: TimeContext, stop: AbortController) {
    this.#context = context
    this.#options = options
    this.#times = times
    this.#stop = stop
  }

  /** Where one fails, all end. */
  start(work: Promise<void>): void {
    const running = work
      .catch((thrown: unknown) => {
        this.#failure ??= thrown instanceof Error ? thrown : new Error(String(thrown))
        this.#stop.abort()
      })
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  async done(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
    if (this.#failure !== null) throw this.#failure
  }

  journal(journal: ConstructorParameters<typeof JournalFollower>[1]): JournalFollower {
    return new JournalFollower(this.#context, journal, this.#options.backfill, this.#times)
  }

  /** `backfill` lines at first; null for all that it holds. */
  follow({ path, format, isCertain }: LogLook, backfill: number | null): void {
    this.#followed++
    const { transport, clock, signal, sink } = this.#context
    const rowFormat = new LogRowFormat(format, this.#times)
    const later: { older?: OlderRows; stream?: LogStream } = {}
    const rows = sink.rows({
      kind: 'logs',
      name: path,
      format: rowFormat,
      older: (count, ended) => later.older?.fetch(count, ended) ?? Promise.resolve(false),
      choose: (chosen) => later.stream?.readAs(chosen),
    })
    const stream = new LogStream(rows, rowFormat, !isCertain, () => clock.now())
    later.stream = stream
    later.older = new OlderRows(transport, path, stream)
    const file = new FollowedFile({ transport, clock, signal }, { path, stream, backfill })
    this.start(follow(file, { clock, signal, lane: this.#lane }))
  }

  /** Takes up logs that were not there before, from their beginning. */
  async watchFolder(known: ReadonlySet<string>): Promise<void> {
    const { transport, clock, signal } = this.#context
    const { folder, mostFiles, newFiles } = this.#options
    const seen = new Set(known)
    for (;;) {
      await clock.sleep(newFiles, signal)
      if (isAborted(signal)) return
      // The followed files tell when the connection is lost.
      const found = await findLogs(transport, folder, signal).catch(() => null)
      for (const path of found?.paths ?? []) {
        if (seen.has(path) || this.#followed >= mostFiles) continue
        seen.add(path)
        const look = await lookAtFile(transport, path, signal).catch(() => null)
        if (isAborted(signal)) return
        if (look?.kind === 'log') this.follow(look, null)
      }
    }
  }
}

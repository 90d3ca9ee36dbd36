import { posix } from 'node:path'
import { DiagnosticError, isAborted, toWireError } from '@shared/errors'
import type { Transport } from '../../transports/transport'
import type { RunningSource, SourceContext } from '../source'
import type { Found } from './archives'
import { joinTables } from './join-tables'
import type { NoteTable } from './note-table'
import type { SysstatOptions } from './options'
import type { SysstatProbe } from './probe'
import { readArchive } from './read-archive'

/** Collectors note every ten minutes unless told otherwise. */
const usualInterval = 600_000

/** Openings on one connection that were followed by a failure. */
const failures = new WeakMap<Transport, number>()

/** Reads the archives once, in the background; `done` rejects with what could not be read. */
export async function openSysstat(
  options: SysstatOptions,
  probe: SysstatProbe,
  context: SourceContext,
): Promise<RunningSource> {
  const { transport, clock } = context
  const failed = failures.get(transport) ?? 0
  // What failed just now would fail again: the finding stays, and the host is left alone.
  if (failed > 0) await clock.sleep(options.retryAfter * 2 ** Math.min(failed - 1, 10), context.signal)
  const stop = new AbortController()
  const signal = AbortSignal.any([context.signal, stop.signal])
  const done = run({ ...context, signal }, options, probe).catch((error: unknown) => {
    if (isAborted(signal)) return
    failures.set(transport, failed + 1)
    throw error
  })
  done.catch(() => undefined)
  return {
    interval: usualInterval,
    done,
    close: async () => {
      stop.abort()
      await done.catch(() => undefined)
    },
  }
}

async function run(context: SourceContext, options: SysstatOptions, probe: SysstatProbe): Promise<void> {
  const { signal, clock } = context
  await clock.sleep(options.settle, signal)
  if (isAborted(signal)) return
  await readAll(context, options, await probe.foundOn(context))
  await untilAborted(signal)
}

/** Newest first; what was read so far is told after 1, 2, 4, ... archives, as charts are drawn anew each time. */
async function readAll(
  { transport, signal, sink }: SourceContext,
  options: SysstatOptions,
  { survey, archives: { chosen } }: Found,
): Promise<void> {
  const tables: NoteTable[] = []
  const problems: string[] = []
  let told = 0
  let values = 0
  const tell = async (): Promise<void> => {
    if (told === tables.length) return
    told = tables.length
    sink.history(await joinTables(tables))
  }
  for (const [index, { path }] of chosen.entries()) {
    if (values > options.mostValues) {
      problems.push(`${chosen.length - index} older archives were left out: more would take too much memory.`)
      break
    }
    try {
      const { table, bad } = await readArchive(transport, path, survey, options, signal)
      if (bad > 0) problems.push(`${posix.basename(path)}: ${bad} records could not be read.`)
      tables.push(table)
      values += table.values
      if (Math.log2(tables.length) % 1 === 0) await tell()
    } catch (thrown) {
      if (isAborted(signal)) return
      if (thrown instanceof DiagnosticError && thrown.code === 'connection-lost') throw thrown
      problems.push(`${posix.basename(path)}: ${toWireError(thrown).message}`)
    }
  }
  await tell()
  if (problems.length > 0) throw summary(problems, chosen.length)
}

const mostNamed = 4

function summary(problems: readonly string[], archives: number): DiagnosticError {
  const named = problems.slice(0, mostNamed).join(' ')
  const rest = problems.length > mostNamed ? ` And ${problems.length - mostNamed} more.` : ''
  const message = `Not all of sysstat's ${archives} archives could be read. ${named}${rest}`
  return new DiagnosticError('bad-data', message)
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (isAborted(signal)) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

import { pipeline, type Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import { DiagnosticError, isAborted } from '@shared/errors'
import type { RunningCommand, Transport } from '../../transports/transport'
import { JsonElements, parseElement } from './json-elements'
import { NoteTable } from './note-table'
import type { SysstatOptions } from './options'
import { notedOf, restartOf } from './report'
import type { Survey } from './survey'

/** Bytes that are taken in one go: about a millisecond. */
const pieceLength = 16 * 1024

/** At the lowest priority, and packed where the host can: a tenth of the bytes for the same CPU time. */
const script = `
LC_ALL=C; export LC_ALL
packer=$1 program=$2 file=$3; shift 3
low='nice -n 19'
ionice -c 3 true >/dev/null 2>&1 && low="ionice -c 3 $low"
if [ "$packer" = gzip ]; then $low "$program" -j "$file" -- "$@" | $low gzip -1; else $low "$program" -j "$file" -- "$@"; fi
`

/** Of sar, for what the console has live metrics of: by version, as an unknown one makes sadf refuse everything. */
export function activities([major, minor]: NonNullable<Survey['version']>): string[] {
  const knowsSlab = major > 11 || (major === 11 && minor >= 2)
  const knowsPressure = major > 12 || (major === 12 && minor >= 4)
  return [
    ...['-u', 'ALL', '-P', 'ALL', '-S', '-W', '-B', '-w', '-d', '-n', 'DEV,EDEV', '-I', 'SUM'],
    ...(knowsSlab ? ['-r', 'ALL'] : ['-r']),
    ...(knowsPressure ? ['-q', 'ALL'] : ['-q']),
  ]
}

export interface ReadArchive {
  readonly table: NoteTable
  /** Records that could not be read. */
  readonly bad: number
}

/** Reads one archive; rejects with what sadf said where it holds nothing that can be read. */
export async function readArchive(
  transport: Transport,
  path: string,
  survey: Survey,
  { program, deadline, mostBytes }: SysstatOptions,
  signal: AbortSignal,
): Promise<ReadArchive> {
  const late = AbortSignal.timeout(deadline)
  const either = AbortSignal.any([signal, late])
  const table = new NoteTable(survey)
  let bad = 0
  const elements = new JsonElements((section, text) => {
    if (!takeElement(table, section, text)) bad++
  })
  const packer = survey.hasGzip ? 'gzip' : 'none'
  const command = [
    'sh',
    '-c',
    script,
    'sh',
    packer,
    program,
    path,
    ...activities(survey.version ?? [0, 0]),
  ] as const
  let running: RunningCommand | null = null
  try {
    running = await transport.spawn(command, { signal: either, stdin: false })
    const { stdout } = running
    // A failure shows where the output is read.
    const output = survey.hasGzip ? pipeline(stdout, createGunzip(), () => undefined) : stdout
    await takeText(output, elements, mostBytes)
    await running.done
    elements.finish()
  } catch (thrown) {
    if (isAborted(late) && !isAborted(signal)) {
      const seconds = Math.round(deadline / 1_000)
      throw new DiagnosticError('timeout', `sadf took more than ${seconds} s.`, { where: path })
    }
    throw failure(thrown, running?.stderrTail() ?? '', path)
  } finally {
    await running?.end().catch(() => undefined)
  }
  if (table.times.length === 0 && bad > 0) {
    throw new DiagnosticError('bad-data', 'None of its records has the form that is known of sadf.', {
      where: path,
    })
  }
  return { table, bad }
}

function takeElement(table: NoteTable, section: string, text: string): boolean {
  if (section === 'restarts') {
    const time = restartOf(parseElement(text))
    if (time !== null) table.restarts.push(time)
    return time !== null
  }
  if (section !== 'statistics') return true
  const noted = notedOf(parseElement(text))
  if (noted !== null && noted !== 'skip') table.add(noted)
  return noted !== null
}

async function takeText(output: Readable, elements: JsonElements, mostBytes: number): Promise<void> {
  const decoder = new TextDecoder()
  let bytes = 0
  for await (const chunk of output) {
    if (!(chunk instanceof Uint8Array)) continue
    bytes += chunk.length
    if (bytes > mostBytes) {
      throw new DiagnosticError(
        'limit-exceeded',
        `sadf prints more than ${Math.round(mostBytes / 2 ** 20)} MiB.`,
      )
    }
    for (let at = 0; at < chunk.length; at += pieceLength) {
      elements.push(decoder.decode(chunk.subarray(at, at + pieceLength), { stream: true }))
      await nextTurn()
    }
  }
  elements.push(decoder.decode())
}

/** What sadf said is more telling than what was missing in its output. */
function failure(thrown: unknown, stderr: string, path: string): unknown {
  const isOurs = thrown instanceof DiagnosticError && thrown.code !== 'bad-data'
  const said = stderr.split('\n').find((line) => line.trim() !== '')
  if (isOurs || said === undefined) {
    if (thrown instanceof DiagnosticError) return thrown
    return new DiagnosticError('bad-data', 'What sadf printed was cut on the way.', {
      where: path,
      cause: thrown,
    })
  }
  return new DiagnosticError('bad-data', `sadf says: ${said.trim().slice(0, 300)}`, {
    where: path,
    cause: thrown,
  })
}

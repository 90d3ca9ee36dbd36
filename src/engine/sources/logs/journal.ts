import { toWireError } from '@shared/errors'
import { createFieldRange, fieldText, logFormats } from '../../formats/logs'
import type { Command, Transport } from '../../transports/transport'
import type { LineBatch } from '../source'

/** journalctl of systemd 206 and newer has all of this. */
const program = 'journalctl'
/** Merged: otherwise following shows the present boot only, and a cursor of the one before leads nowhere. */
const common = ['-o', 'json', '--no-pager', '-q', '-m'] as const

const cursorFinder = logFormats['journald-json'].finder('__CURSOR')
const range = createFieldRange()

/** One journal: the host's own, or the files in a folder. */
export class Journal {
  readonly #place: readonly string[]

  constructor(folder: string | null) {
    this.#place = folder === null ? [] : [`--directory=${folder}`]
  }

  /** The last lines and what comes; or, after a break, the line at a cursor and all behind it. */
  following(lines: number, cursor: string | null): Command {
    const from = cursor === null ? ['-n', `${lines}`] : ['--no-tail', `--cursor=${cursor}`]
    return [program, ...common, ...this.#place, '-f', ...from]
  }

  /** The line at a cursor and those before it, the newest first. */
  before(cursor: string, lines: number): Command {
    return [program, ...common, ...this.#place, '--reverse', `--cursor=${cursor}`, '-n', `${lines + 1}`]
  }

  /** Null where it can be read; otherwise why not. */
  async problem(transport: Transport, signal: AbortSignal, isRetry = false): Promise<string | null> {
    try {
      const { exit, stdout, stderr } = await transport.exec([program, ...common, ...this.#place, '-n', '1'], {
        signal,
      })
      if (exit.code === 0 && stdout[0] === 123) return null
      const said = Buffer.from(stderr).toString('utf8').trim().slice(0, 300)
      return said === ''
        ? 'The journal is empty, or this account may not read it: see the group systemd-journal.'
        : `journalctl could not read the journal: ${said}`
    } catch (thrown) {
      const { code, message } = toWireError(thrown)
      // A command that the host ended without a word says nothing about the journal.
      if (code === 'command-failed' && !isRetry) return this.problem(transport, signal, true)
      return code === 'not-found' ? 'There is no journalctl on this host.' : message
    }
  }
}

/** Cursor of one line of a batch; null where it was cut or has none. */
export function cursorOf({ bytes, ends }: LineBatch, line: number): string | null {
  const start = line === 0 ? 0 : (ends[line - 1] ?? 0)
  return cursorFinder(bytes, start, (ends[line] ?? 1) - 1, range) ? fieldText(bytes, range) : null
}

/** The batch without its first line. */
export function withoutFirst(batch: LineBatch): LineBatch {
  const { bytes, ends, count, cut } = batch
  const [first = 0] = ends
  const moved = cut && new Map([...cut].map(([line, length]) => [line - 1, length]))
  return {
    bytes: bytes.subarray(first),
    ends: ends.slice(1, count).map((end) => end - first),
    count: count - 1,
    cut: moved,
  }
}

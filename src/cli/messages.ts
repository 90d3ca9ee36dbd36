import { messageFields } from '@shared/filter'
import type { HostConnection } from './connection'
import type { Output } from './output'
import { decode, isCut, isGap } from './rows/log-line'
import { readGap, type Gap } from './rows/gap'
import type { LiveView, Row } from './rows/live-view'
import {
  headOf,
  messageGapLine,
  messageHeader,
  messageJson,
  messageLine,
  type MessageHead,
  type MessageStatus,
} from './rows/message-line'
import { RowsCommand, type RowContext, type RowWriter } from './rows/rows-command'

const usualLines = 1_000
const maxBytes = 65_536

/** The control messages of a host's services. */
export function messagesCommand(connection: HostConnection): RowsCommand {
  const { options, output } = connection.run
  return new RowsCommand(connection, {
    kind: 'messages',
    fields: messageFields,
    concerns: ({ subject }) => subject === 'control messages',
    // The status of a request is not in its row: it changes.
    read: { maxBytes, mark: 'status:answered' },
    lines: options.lines ?? usualLines,
    since: null,
    writer: options.json ? new MessageJson() : new MessageText(output),
  })
}

class MessageText implements RowWriter {
  readonly #output: Output
  /** Lines on the screen since its header. */
  #lines = 0

  constructor(output: Output) {
    this.#output = output
  }

  async rows(rows: readonly Row[], { view }: RowContext): Promise<string> {
    const lost = await lostAmong(rows, view)
    return rows.map((row) => this.#header() + this.#line(row, lost)).join('')
  }

  gap(gap: Gap): string {
    return messageGapLine(gap.to ?? Date.now(), gap, this.#output.paint)
  }

  #line(row: Row, lost: ReadonlySet<number>): string {
    const { paint } = this.#output
    const text = decode(row.text)
    if (isGap(row)) return messageGapLine(row.time, readGap(text), paint)
    const head = headOf(text)
    if (!head) return `${text.length} characters that are no message\n`
    return messageLine(row, head, statusOf(row, head, lost), paint)
  }

  /** Again on every screen of a terminal. */
  #header(): string {
    const { terminal, paint } = this.#output
    const screen = terminal ? Math.max(5, terminal.rows) - 1 : Infinity
    this.#lines += 1
    if (this.#lines !== 1 && this.#lines < screen) return ''
    this.#lines = 1
    return `${paint('strong', messageHeader)}\n`
  }
}

/** The row as it is, with our time and what is known of the call. */
class MessageJson implements RowWriter {
  async rows(rows: readonly Row[], { view, host, stream }: RowContext): Promise<string> {
    const lost = await lostAmong(rows, view)
    const lines = rows.map((row) => {
      const text = decode(row.text)
      const known = { time: row.time, host, bus: stream(row.stream)?.name ?? null }
      if (isGap(row)) return `${JSON.stringify({ ...known, gap: readGap(text) })}\n`
      const head = headOf(text)
      const status = head ? statusOf(row, head, lost) : null
      return messageJson(text, { ...known, status }, isCut(row))
    })
    return lines.join('')
  }

  gap(gap: Gap, host: string): string {
    return `${JSON.stringify({ time: gap.to, host, bus: null, gap })}\n`
  }
}

/** Numbers of the rows whose calls will not be answered any more. */
async function lostAmong(rows: readonly Row[], view: LiveView): Promise<ReadonlySet<number>> {
  const [first, last] = [rows[0], rows.at(-1)]
  if (!first || !last || rows.every(({ marked }) => marked)) return new Set()
  const count = last.position - first.position + 1
  const again = await view.read(first.position, count, { maxBytes: 0, mark: 'status:lost' })
  return new Set(again.filter(({ marked }) => marked).map(({ sequence }) => sequence))
}

function statusOf(
  { marked, sequence }: Row,
  { kind, ok }: MessageHead,
  lost: ReadonlySet<number>,
): MessageStatus {
  if (kind === 'response') return ok === false ? 'failed' : 'answered'
  if (kind !== 'request') return null
  if (marked) return 'answered'
  return lost.has(sequence) ? 'lost' : 'pending'
}

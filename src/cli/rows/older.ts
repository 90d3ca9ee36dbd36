import { DiagnosticError, isAborted } from '@shared/errors'
import type { RowSelection, RowStreamInfo } from '@shared/model/rows'
import type { RpcClient } from '@shared/rpc/client'
import { LiveView } from './live-view'

const rowsAtOnce = 10_000
/** Milliseconds for one piece from far back, compressed maybe. */
const patience = 120_000

export interface OlderOptions {
  readonly client: RpcClient
  readonly selection: RowSelection
  readonly signal: AbortSignal
  /** Rows from then on are wanted; null: only so many. */
  readonly since: number | null
  readonly rows: number
  readonly note: (text: string) => void
}

/** Fetches rows of a stream from further back until there are enough. */
export async function fetchOlder(stream: RowStreamInfo, options: OlderOptions): Promise<void> {
  const { client, selection, signal, note } = options
  if (!stream.hasOlder) return
  const view = new LiveView(client, { ...selection, streams: [stream.name], filter: '' }, signal)
  try {
    while (!isAborted(signal) && !(await hasEnough(view, options))) {
      const params = { stream: stream.number, rows: rowsAtOnce }
      const { more } = await client.call('rows.older', params, { timeout: patience, signal })
      if (!more) return
    }
  } catch (error) {
    if (!(error instanceof DiagnosticError) || isAborted(signal)) throw error
    note(`${stream.name}: not all that was asked for is here. ${error.message}`)
  } finally {
    view.close()
  }
}

async function hasEnough(view: LiveView, { since, rows }: OlderOptions): Promise<boolean> {
  const { first, end } = await view.complete()
  if (since === null) return end - first >= rows
  const [oldest] = await view.read(first, 1, { maxBytes: 0 })
  return oldest !== undefined && oldest.time < since
}

import { setTimeout as sleep } from 'node:timers/promises'
import { isAborted } from '@shared/errors'
import type { ViewUpdate } from '@shared/model/rows'
import type { LiveView } from './live-view'

const step = 50
/** Milliseconds without a new row after which what was there has come: where each stream has given some, or not. */
const [quiet, doubtful] = [500, 2_000]
/** Where rows come all the time: milliseconds since a stream gave its first. */
const busy = 3_000
/** Where there are none at all. */
const empty = 5_000

const countOf = ({ streams }: ViewUpdate): number =>
  streams.reduce((sum, { received, fetched }) => sum + received + fetched, 0)

/** Waits until the streams have given what was there before. */
export async function settled(view: LiveView, signal: AbortSignal): Promise<void> {
  const began = performance.now()
  let [rows, started] = [0, 0]
  let [rowsAt, startedAt] = [began, began]
  while (!isAborted(signal)) {
    await sleep(step)
    const now = performance.now()
    const update = view.latest
    if (!update || countOf(update) === 0) {
      if (now - began > empty) return
      continue
    }
    const withRows = update.streams.filter(({ received }) => received > 0).length
    if (countOf(update) !== rows) rowsAt = now
    if (withRows !== started) startedAt = now
    ;[rows, started] = [countOf(update), withRows]
    const patience = withRows === update.streams.length ? quiet : doubtful
    const isComplete = update.looked >= update.rows
    if (isComplete && (now - rowsAt > patience || now - startedAt > busy)) return
  }
}

import type { DiagnosticError } from '@shared/errors'
import type { RowSelection, ViewUpdate } from '@shared/model/rows'
import { shallowReadonly, shallowRef, watch, type ShallowRef } from 'vue'
import { useLink } from '../link/link'
import { useSubscription, type SubscriptionStatus } from '../link/subscription'
import { asDiagnostic, useAsk } from './ask'
import { decodeRows, type RowKey, type ShownRow } from './rows-decode'

/** Bytes of a row's text that a line on screen can show. */
export const lineBytes = 2_048

/** An open view of rows, live; its positions are those of the engine. */
export interface RowsView {
  /** The newest; stays while another selection is on its way. */
  readonly update: Readonly<ShallowRef<ViewUpdate | null>>
  /** `update` belongs to the selection that is asked for now. */
  readonly current: Readonly<ShallowRef<boolean>>
  readonly status: Readonly<ShallowRef<SubscriptionStatus>>
  readonly error: Readonly<ShallowRef<DiagnosticError | null>>
  /** As far as they are there; null where the view has gone meanwhile. */
  readonly read: (from: number, count: number, options?: ReadOptions) => Promise<ShownRow[] | null>
  /** Position of a row, or of the next one that the view shows; null where it is not kept. */
  readonly locate: (row: RowKey) => Promise<number | null>
  readonly locateTime: (time: number) => Promise<number | null>
}

export interface ReadOptions {
  readonly mark?: string | null
  /** With it, the text of the rows is as it came. */
  readonly maxBytes?: number
  readonly signal?: AbortSignal
}

/** Opens a view for as long as the component lives; none while the selection is null. */
export function useRowsView(
  selection: () => RowSelection | null,
  tail: number,
  heard: (update: ViewUpdate) => void = () => undefined,
): RowsView {
  const ask = useAsk()
  const link = useLink()
  const update = shallowRef<ViewUpdate | null>(null)
  const current = shallowRef(false)
  const outdate = (): void => {
    current.value = false
    if (selection() === null) update.value = null
  }
  watch([link.client, () => JSON.stringify(selection())], outdate, { flush: 'sync' })
  const { status, error } = useSubscription(
    'rows.view',
    () => {
      const selected = selection()
      return selected && { selection: selected, tail, maxBytes: lineBytes, lines: true }
    },
    (item) => {
      update.value = item
      current.value = true
      heard(item)
    },
  )

  /** Null where the view was replaced while it was asked. */
  async function unlessGone<T>(asked: Promise<T>): Promise<T | null> {
    try {
      return await asked
    } catch (thrown) {
      const { code } = asDiagnostic(thrown)
      if (code === 'not-found' || code === 'connection-lost' || code === 'cancelled') return null
      throw thrown
    }
  }

  async function read(from: number, count: number, options: ReadOptions = {}): Promise<ShownRow[] | null> {
    const view = update.value?.view
    if (view === undefined || count <= 0) return []
    const { mark = null, maxBytes = lineBytes, signal } = options
    const lines = options.maxBytes === undefined
    const batch = await unlessGone(ask('rows.read', { view, from, count, maxBytes, mark, lines }, signal))
    return batch && decodeRows(batch)
  }

  type Place = Parameters<typeof ask<'rows.locate'>>[1]['at']
  async function place(at: Place): Promise<number | null> {
    const view = update.value?.view
    if (view === undefined) return null
    return (await unlessGone(ask('rows.locate', { view, at })))?.position ?? null
  }

  return {
    update: shallowReadonly(update),
    current: shallowReadonly(current),
    status,
    error,
    read,
    locate: ({ stream, sequence }) => place({ kind: 'row', stream, sequence }),
    locateTime: (time) => place({ kind: 'time', time }),
  }
}

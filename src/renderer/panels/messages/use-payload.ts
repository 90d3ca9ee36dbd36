import { shallowReadonly, shallowRef, watch, type ShallowRef } from 'vue'
import { asDiagnostic, useAsk } from '../../stores/ask'
import { payloadOf, readMessageRow } from '../../stores/messages-row'
import type { RowKey } from '../../stores/rows-decode'

export interface ShownPayload {
  readonly text: string
  readonly json: boolean
  /** Bytes of the whole payload, as far as known. */
  readonly size: number
  /** It is not whole. */
  readonly cut: boolean
  readonly note: string | null
}

/** One that is kept to compare others with. */
export interface Pinned {
  readonly name: string
  readonly payload: ShownPayload
}

export interface WantedPayload {
  readonly host: string
  readonly bus: string
  readonly message: string
  /** The row that tells of the message; null for one that waits in its queue. */
  readonly row: RowKey | null
}

const utf8 = new TextEncoder()

/** The payload of a message: the whole one where the bus or the console has it, else as much as its row has. */
export function usePayload(
  wanted: () => WantedPayload | null,
): Readonly<ShallowRef<ShownPayload | { readonly error: string } | null>> {
  const ask = useAsk()
  const shown = shallowRef<ShownPayload | { readonly error: string } | null>(null)
  let turn = 0

  async function fromRow(row: RowKey): Promise<(ShownPayload & { whole: boolean }) | null> {
    const { text, length } = await ask('rows.details', { stream: row.stream, sequence: row.sequence })
    const head = readMessageRow(text)
    const payload = payloadOf(text)
    if (!payload) return null
    const cutRow = length > utf8.encode(text).length + 1
    const cut = cutRow || head?.truncated === true
    return {
      ...payload,
      json: payload.json && !cutRow,
      size: head?.size ?? payload.text.length,
      cut,
      note: cut
        ? 'The bus keeps only the beginning of long texts in its trace; the whole payload is gone.'
        : null,
      whole: !cut,
    }
  }

  async function fromBus({ host, bus, message }: WantedPayload): Promise<ShownPayload> {
    const { text, json, truncated } = await ask('messages.payload', { host, bus, message })
    const note = truncated ? 'Not all of it is kept.' : null
    return { text, json, size: utf8.encode(text).length, cut: truncated, note }
  }

  async function find(one: WantedPayload): Promise<ShownPayload | { readonly error: string }> {
    const kept = one.row ? await fromRow(one.row) : null
    if (kept?.whole) return kept
    try {
      const whole = await fromBus(one)
      return kept && !whole.cut ? { ...whole, note: 'Whole, read from its queue.' } : whole
    } catch (thrown) {
      if (kept) return kept
      throw thrown
    }
  }

  watch(
    () => JSON.stringify(wanted()),
    async () => {
      const one = wanted()
      const asked = ++turn
      if (!one) return void (shown.value = null)
      try {
        const found = await find(one)
        if (asked === turn) shown.value = found
      } catch (thrown) {
        const { message, hint } = asDiagnostic(thrown)
        if (asked === turn) shown.value = { error: [message, hint].filter(Boolean).join(' ') }
      }
    },
    { immediate: true },
  )
  return shallowReadonly(shown)
}

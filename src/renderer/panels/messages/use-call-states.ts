import type { CallState } from '@shared/model/messages'
import { onScopeDispose, shallowReadonly, shallowRef, watch, type ShallowRef } from 'vue'
import { useAsk } from '../../stores/ask'
import { readMessageRow } from '../../stores/messages-row'
import type { ShownRow } from '../../stores/rows-decode'
import type { LogSession } from '../logs/use-log-session'

export interface CallStates {
  readonly stateOf: (message: string) => CallState | undefined
  /** Goes up when states are new. */
  readonly version: Readonly<ShallowRef<number>>
}

/** Milliseconds between two questions; more states than these are forgotten. */
const askEvery = 500
const mostKept = 5_000
const mostAsked = 500

/** How far the calls of the requests on screen are: told by the replies on screen, else asked for. */
export function useCallStates(session: LogSession): CallStates {
  const { window, cursor } = session
  const ask = useAsk()
  const states = new Map<string, CallState>()
  const version = shallowRef(0)
  const closed = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking = false

  function put(message: string, state: CallState): void {
    const known = states.get(message)
    if (known?.status === state.status && known.latency === state.latency && known.ok === state.ok) return
    states.delete(message)
    states.set(message, state)
    version.value++
    const [oldest] = states.keys()
    if (states.size > mostKept && oldest !== undefined) states.delete(oldest)
  }

  const onScreen = (): readonly ShownRow[] => {
    const from = Math.floor(window.top.value)
    const to = window.top.value + window.capacity.value
    const rows = window.rows.value.filter(({ position, gap }) => !gap && position >= from && position < to)
    return cursor.row.value ? [...rows, cursor.row.value] : rows
  }

  /** Requests whose end is not known, by host and bus. */
  function open(): Map<string, { host: string; bus: string; messages: string[] }> {
    const wanted = new Map<string, { host: string; bus: string; messages: string[] }>()
    for (const row of onScreen()) {
      const read = readMessageRow(row.text)
      if (read?.kind === 'response' && read.answers !== null && read.latency !== null) {
        put(read.answers, { status: 'answered', ok: read.ok, latency: read.latency })
      }
    }
    for (const row of onScreen()) {
      const read = readMessageRow(row.text)
      const stream = session.streamOf(row.stream)
      if (read?.kind !== 'request' || !stream) continue
      const state = states.get(read.message)
      if (state && state.status !== 'pending') continue
      const key = `${stream.host} ${stream.name}`
      const group = wanted.get(key) ?? { host: stream.host, bus: stream.name, messages: [] }
      wanted.set(key, group)
      if (group.messages.length < mostAsked) group.messages.push(read.message)
    }
    return wanted
  }

  async function refresh(): Promise<void> {
    if (asking) return
    asking = true
    try {
      for (const { host, bus, messages } of open().values()) {
        const told = await ask('messages.states', { host, bus, messages }, closed.signal)
        messages.forEach((message, at) => {
          const state = told[at]
          if (state) put(message, state)
        })
      }
    } catch {
      // Without an answer the rows keep what was known; the next turn asks again.
    } finally {
      asking = false
      plan()
    }
  }
  function plan(): void {
    clearTimeout(timer)
    if (!closed.signal.aborted) timer = setTimeout(() => void refresh(), askEvery)
  }

  // New rows are asked about soon, those that wait again and again.
  watch(window.rows, () => void open(), { immediate: true })
  plan()
  onScopeDispose(() => {
    closed.abort()
    clearTimeout(timer)
  })
  return { stateOf: (message) => states.get(message), version: shallowReadonly(version) }
}

import { DiagnosticError } from '@shared/errors'
import {
  computed,
  inject,
  provide,
  shallowRef,
  watch,
  type ComputedRef,
  type InjectionKey,
  type ShallowRef,
} from 'vue'
import { provideRows, useLogs, type RowsStore } from '../../stores/rows-logs'
import type { ShownRow } from '../../stores/rows-decode'
import { useRowsView, type RowsView } from '../../stores/rows-view'
import { useRowWindow, type RowWindow } from '../../stores/rows-window'
import { useDetails } from '../../stores/details'
import { useHosts } from '../../stores/hosts'
import { useTime } from '../../stores/time'
import { taskIdOf } from './row-text'
import { useRowClock, type RowClock } from './use-clock'
import { useLogCursor, type LogCursor } from './use-log-cursor'
import { useOlderRows, type OlderRows } from './use-older-rows'

/** Rows that come with each update: a screen full, so that following asks nothing further. */
const tailRows = 150

/** All that the parts of the logs view share while it is on screen. */
export interface LogSession {
  /** What is asked for. */
  readonly logs: RowsStore
  readonly main: RowsView
  /** Rows that match what is marked. */
  readonly hits: RowsView
  /** All streams of all hosts, for their counts. */
  readonly all: RowsView
  readonly window: RowWindow
  readonly cursor: LogCursor
  readonly older: OlderRows
  readonly clock: ComputedRef<RowClock>
  /** Details of the cursor's row show. */
  readonly opened: ShallowRef<boolean>
  /** What is marked in all rows: the task under the pointer, or of the cursor's row. */
  readonly term: ComputedRef<string | null>
  readonly hovered: ShallowRef<string | null>
  /** What ties a row to others, by its text; null where nothing does. */
  readonly termOf: (text: string) => string | null
  /** The rows on screen are of different days, or of another one than today. */
  readonly dated: ComputedRef<boolean>
  readonly hostName: (id: string) => string
  /** Host and name of a stream. */
  streamOf(number: number): { readonly host: string; readonly name: string; readonly format: string } | null
  readonly bookmark: () => void
}

const key: InjectionKey<LogSession> = Symbol('log session')

export function useLogSession(): LogSession {
  const session = inject(key)
  if (!session) throw new DiagnosticError('internal', 'This panel is not part of a logs view.')
  return session
}

/** For the components inside of this one. `termOf`: what ties rows together where that is not the task's id. */
export function provideLogSession(termOf: LogSession['termOf'] = taskIdOf, logs = useLogs()): LogSession {
  const session = createLogSession(termOf, logs)
  provideRows(logs)
  provide(key, session)
  return session
}

export function createLogSession(termOf: LogSession['termOf'], logs: RowsStore): LogSession {
  const hosts = useHosts()
  const all = useRowsView(() => logs.streamSelection, 0)
  const main = useRowsView(
    () => logs.selection,
    tailRows,
    (update) => window.heard(update),
  )
  const hits = useRowsView(() => logs.hitSelection, 0)
  const window = useRowWindow(main, () => logs.marked)
  const cursor = useLogCursor(main, hits, window, logs)
  const clock = useRowClock()
  const hovered = shallowRef<string | null>(null)
  const names = computed(() => new Map((hosts.list ?? []).map(({ id, name }) => [id, name])))
  const streams = computed(
    () =>
      new Map(
        [...(all.update.value?.streams ?? []), ...(main.update.value?.streams ?? [])].map((one) => [
          one.number,
          one,
        ]),
      ),
  )
  const dayOf = (row: ShownRow | undefined): string =>
    clock.value.format(row?.time ?? Date.now(), true, false).slice(0, 5)
  const dated = computed(() => {
    const { rows } = window
    const today = clock.value.format(Date.now(), true, false).slice(0, 5)
    return rows.value.length > 0 && (dayOf(rows.value[0]) !== today || dayOf(rows.value.at(-1)) !== today)
  })
  const session: LogSession = {
    logs,
    main,
    hits,
    all,
    window,
    cursor,
    older: useOlderRows(main),
    clock,
    opened: shallowRef(false),
    hovered,
    termOf,
    term: computed(() => hovered.value ?? (cursor.row.value && termOf(cursor.row.value.text))),
    dated,
    hostName: (id) => names.value.get(id) ?? id,
    streamOf: (number) => streams.value.get(number) ?? null,
    bookmark() {
      const row = cursor.row.value
      if (row)
        logs.toggleBookmark({ stream: row.stream, sequence: row.sequence, time: row.time, text: row.text })
    },
  }
  shareTime(session)
  return session
}

/** A row that is chosen is a moment everywhere; a range that is chosen elsewhere is where the list goes. */
function shareTime({ main, window, cursor }: LogSession): void {
  const details = useDetails()
  const hosts = useHosts()
  const time = useTime()
  const streamHost = (row: ShownRow): string | undefined =>
    main.update.value?.streams.find(({ number }) => number === row.stream)?.host
  watch(cursor.row, (row) => {
    // The shared time is that of the host's own clock.
    const offset = details.connection?.clockOffset ?? 0
    if (row) time.point(row.time + (streamHost(row) === hosts.selectedId ? offset : 0))
  })
  watch(
    () => [time.paused, time.range, main.current.value] as const,
    ([paused, range, current], before) => {
      if (!paused || !current) return
      const [wasPaused, last, wasCurrent] = before ?? [false, null, false]
      if (wasPaused && wasCurrent && last === range) return
      const live = !wasPaused && range.to >= time.now - 5_000
      if (window.follow.value) window.setFollow(false)
      // Paused here and now: what is on screen stays. A range of the past is gone to.
      if (!live) void cursor.goToTime(range.from - (details.connection?.clockOffset ?? 0))
    },
    { immediate: true },
  )
}

import { logFields, messageFields, type FieldSet } from '@shared/filter'
import type { RowSelection, StreamKind } from '@shared/model/rows'
import { defineStore } from 'pinia'
import { computed, inject, provide, shallowReactive, watch, type InjectionKey } from 'vue'
import { useConnection } from './connection'
import { useHosts } from './hosts'
import { useRowChoices } from './rows-choices'
import { sameRow, type RowKey } from './rows-decode'
import { useLogFilter } from './rows-filter'
import { useRowScope } from './rows-scope'
import { useRowZone, utcOffset } from './rows-zone'

export interface Bookmark extends RowKey {
  readonly time: number
  readonly text: string
}

/** What is asked of the rows of one kind. */
function setUp(kind: StreamKind, fields: FieldSet) {
  const choices = useRowChoices()
  const connection = useConnection()
  const hosts = useHosts()
  const zone = useRowZone()
  const filter = useLogFilter(fields)
  const scope = useRowScope()
  const bookmarks = shallowReactive<Bookmark[]>([])

  // Numbers of streams and rows are those of one engine.
  watch(
    () => connection.engine?.instance,
    (now, before) => {
      if (before === undefined || now === undefined || now === before) return
      scope.showAllStreams()
      bookmarks.splice(0)
    },
  )

  const highlighting = computed(() => choices.chosen.mode === 'highlight')
  /** The filter whose rows are marked among those shown. */
  const marked = computed(() => {
    const { previewed, applied } = filter
    return previewed.value ?? (highlighting.value && applied.value !== '' ? applied.value : null)
  })

  function selectionOf(text: string): RowSelection | null {
    // No host at all would mean all of them.
    if (scope.hosts.value?.length === 0) return null
    return {
      kind,
      hosts: [...(scope.hosts.value ?? [])],
      streams: [],
      without: [...scope.hidden.value],
      filter: text,
      utcOffset: utcOffset(Date.now(), zone.value),
    }
  }
  const selection = computed(() => selectionOf(highlighting.value ? '' : filter.applied.value))
  /** Rows that match what is marked: for their count, and to go from one to the next. */
  const hitSelection = computed(() => (marked.value === null ? null : selectionOf(marked.value)))
  /** All streams with their counts; none before there is a host to have any. */
  const streamSelection = computed<RowSelection | null>(() =>
    hosts.list === null ? null : { kind, hosts: [], streams: [], filter: '', utcOffset: 0 },
  )

  function toggleBookmark(mark: Bookmark): void {
    const at = bookmarks.findIndex((other) => sameRow(other, mark))
    if (at >= 0) bookmarks.splice(at, 1)
    else bookmarks.push(mark)
    bookmarks.sort((a, b) => a.time - b.time)
  }

  return {
    /** Those that rows of this kind can have. */
    fields,
    ...filter,
    highlighting,
    marked,
    shownHosts: scope.hosts,
    hidden: scope.hidden,
    toggleHost: scope.toggleHost,
    toggleStream: scope.toggleStream,
    showAllStreams: scope.showAllStreams,
    bookmarks,
    selection,
    hitSelection,
    streamSelection,
    toggleBookmark,
  }
}

/** Kept while other views are looked at. */
export const useLogRows = defineStore('logs', () => setUp('logs', logFields))
export const useMessageRows = defineStore('message-rows', () => setUp('messages', messageFields))
export type RowsStore = ReturnType<typeof useLogRows> | ReturnType<typeof useMessageRows>

const key: InjectionKey<RowsStore> = Symbol('rows')

/** What is asked of the rows that the view around shows; the logs where it says nothing else. */
export const useLogs = (): RowsStore => inject(key, null) ?? useLogRows()

/** Rows of another kind for the components inside of this one. */
export const provideRows = (rows: RowsStore): void => provide(key, rows)

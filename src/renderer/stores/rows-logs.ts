import {
  logFields,
  parseFilter,
  withSeenFields,
  withTerm,
  type ClickedValue,
  type FilterError,
} from '@shared/filter'
import type { RowSelection } from '@shared/model/rows'
import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowReactive, shallowReadonly, shallowRef, watch } from 'vue'
import { useConnection } from './connection'
import { useHosts } from './hosts'
import { useRowChoices } from './rows-choices'
import { sameRow, type RowKey } from './rows-decode'

export interface Bookmark extends RowKey {
  readonly time: number
  readonly text: string
}

/** Milliseconds without a key before what is typed is tried. */
const typingRest = 120

/** A range that was pulled open before. */
const timeRange = /\s*(?<![-!\w.])time:\[[^\]]*\]/g

/** What cannot be read of a filter; the engine says the rest. */
function errorOf(text: string): FilterError | null {
  return parseFilter(text, { fields: logFields }).error ?? null
}

/** What is asked of the logs: kept while other views are looked at. */
export const useLogs = defineStore('logs', () => {
  const choices = useRowChoices()
  const connection = useConnection()
  const hosts = useHosts()

  /** What stands in the filter box, and the filter that runs. */
  const draft = shallowRef('')
  const applied = shallowRef('')
  /** What was typed, once the typing rests. */
  const settled = shallowRef('')
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(draft, (text) => {
    clearTimeout(timer)
    timer = setTimeout(() => (settled.value = text), typingRest)
  })
  onScopeDispose(() => clearTimeout(timer))
  /** Hosts beside the one that is looked at; null is all. */
  const further = shallowRef<readonly string[] | null>([])
  /** Numbers of streams that are left out. */
  const hidden = shallowRef<readonly number[]>([])
  const bookmarks = shallowReactive<Bookmark[]>([])

  // Numbers of streams and rows are those of one engine.
  watch(
    () => connection.engine?.instance,
    (now, before) => {
      if (before === undefined || now === undefined || now === before) return
      hidden.value = []
      bookmarks.splice(0)
    },
  )

  const draftError = computed(() => errorOf(draft.value))
  /** What is typed differs from what runs, and could run. */
  const previewed = computed(() => {
    const text = settled.value.trim()
    return draft.value.trim() !== applied.value && text !== applied.value && errorOf(text) === null
      ? text
      : null
  })
  const highlighting = computed(() => choices.chosen.mode === 'highlight')
  /** The filter whose rows are marked among those shown. */
  const marked = computed(
    () => previewed.value ?? (highlighting.value && applied.value !== '' ? applied.value : null),
  )

  const shownHosts = computed<readonly string[] | null>(() => {
    const id = hosts.selectedId
    if (further.value === null) return null
    return id === null ? further.value : [id, ...further.value.filter((other) => other !== id)]
  })

  function selectionOf(filter: string): RowSelection | null {
    if (hosts.selectedId === null && shownHosts.value?.length === 0) return null
    return {
      kind: 'logs',
      hosts: [...(shownHosts.value ?? [])],
      streams: [],
      without: [...hidden.value],
      filter,
    }
  }
  const selection = computed(() => selectionOf(highlighting.value ? '' : applied.value))
  /** Rows that match what is marked: for their count, and to go from one to the next. */
  const hitSelection = computed(() => (marked.value === null ? null : selectionOf(marked.value)))
  /** All streams with their counts. */
  const streamSelection = computed<RowSelection>(() => ({ kind: 'logs', hosts: [], streams: [], filter: '' }))

  /** Runs what is typed; false where it cannot be read, and the filter before goes on. */
  function apply(text = draft.value): boolean {
    draft.value = text
    if (errorOf(text)) return false
    applied.value = text.trim()
    choices.used(applied.value)
    return true
  }

  /** Includes or excludes a value of a row; null is the text of the row itself. */
  function applyTerm(field: string | null, value: ClickedValue, mode: 'include' | 'exclude'): void {
    const path = field === null ? null : field.split('.')
    const fields = withSeenFields(logFields, field === null ? [] : [field])
    apply(withTerm(applied.value, path, value, mode, fields))
  }

  /** Keeps the rows of a time only, epoch milliseconds; in place of the range that there is. */
  function limitTime(from: number, to: number): void {
    const text = applied.value.replace(timeRange, '').trim()
    const range = `time:[${new Date(from).toISOString()} to ${new Date(to).toISOString()}]`
    const parsed = parseFilter(text, { fields: logFields }).ast
    apply(text === '' ? range : parsed?.kind === 'or' ? `(${text}) ${range}` : `${text} ${range}`)
  }

  function toggleHost(id: string): void {
    const all = (hosts.list ?? []).map((host) => host.id)
    const now = shownHosts.value ?? all
    const next = now.includes(id) ? now.filter((other) => other !== id) : [...now, id]
    further.value = next.length === all.length ? null : next.filter((other) => other !== hosts.selectedId)
  }

  function toggleStream(number: number): void {
    hidden.value = hidden.value.includes(number)
      ? hidden.value.filter((other) => other !== number)
      : [...hidden.value, number]
  }

  function toggleBookmark(mark: Bookmark): void {
    const at = bookmarks.findIndex((other) => sameRow(other, mark))
    if (at >= 0) bookmarks.splice(at, 1)
    else bookmarks.push(mark)
    bookmarks.sort((a, b) => a.time - b.time)
  }

  return {
    draft,
    applied: shallowReadonly(applied),
    draftError,
    previewed,
    highlighting,
    marked,
    shownHosts,
    further: shallowReadonly(further),
    hidden: shallowReadonly(hidden),
    bookmarks,
    selection,
    hitSelection,
    streamSelection,
    apply,
    applyTerm,
    limitTime,
    toggleHost,
    showAllHosts: () => (further.value = null),
    showOneHost: () => (further.value = []),
    toggleStream,
    showAllStreams: () => (hidden.value = []),
    toggleBookmark,
  }
})

import type { ViewUpdate } from '@shared/model/rows'
import { computed, type ComputedRef } from 'vue'
import { counted } from './counted'
import type { LogSession } from './use-log-session'

type FilterError = NonNullable<ViewUpdate['error']>

export interface FilterWords {
  /** The place and reason of what cannot be read. */
  readonly error: ComputedRef<FilterError | null>
  readonly said: ComputedRef<{ readonly text: string; readonly tone: 'error' | 'warning' | 'note' } | null>
  readonly count: ComputedRef<string>
}

const list = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1) ?? ''}`

/** What the filter box says of what is typed, and of what runs. */
export function useFilterWords({ logs, main, hits }: LogSession): FilterWords {
  const error = computed<FilterError | null>(() => {
    const own = logs.draftError
    if (own) return { ...own, expected: [...own.expected] }
    const typed = logs.previewed === null ? main.update.value : hits.update.value
    return typed?.error ?? null
  })

  const said = computed<FilterWords['said']['value']>(() => {
    if (error.value) {
      const { message, expected } = error.value
      const wanted =
        expected.length > 0 && !expected.some((one) => message.includes(one))
          ? ` Expected ${list(expected)}.`
          : ''
      const goesOn = logs.applied === '' ? 'All rows go on showing.' : `“${logs.applied}” goes on.`
      return { text: `${message}${/[.!?]$/.test(message) ? '' : '.'}${wanted} ${goesOn}`, tone: 'error' }
    }
    const views = [hits.update.value, main.update.value].filter((view) => view !== null)
    const stopped = views.find((view) => view.stopped !== null)?.stopped
    if (stopped) return { text: stopped, tone: 'warning' }
    const notices = [...new Set((logs.previewed === null ? main : hits).update.value?.notices ?? [])]
    return notices.length === 0 ? null : { text: notices.join(' '), tone: 'note' }
  })

  const count = computed(() => {
    const marked = logs.marked !== null
    const update = marked ? hits.update.value : main.update.value
    if (!update || error.value) return ''
    if (!marked && logs.applied === '') return ''
    const found = counted(update.end - update.first)
    const running = update.looked < update.rows && update.stopped === null
    const of = running
      ? `${Math.floor((100 * update.looked) / Math.max(1, update.rows))} % searched`
      : `of ${counted(update.rows)}`
    const now = (marked ? hits : main).current.value
    return `${now ? found : '…'} ${update.end - update.first === 1 ? 'match' : 'matches'} ${of}${logs.previewed === null ? '' : ' · Enter to apply'}`
  })
  return { error, said, count }
}

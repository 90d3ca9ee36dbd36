import {
  parseFilter,
  withSeenFields,
  withTerm,
  type ClickedValue,
  type FieldSet,
  type FilterError,
} from '@shared/filter'
import {
  computed,
  onScopeDispose,
  shallowReadonly,
  shallowRef,
  watch,
  type ComputedRef,
  type ShallowRef,
} from 'vue'
import { useRowChoices } from './rows-choices'

/** A filter that is being typed, and the one that runs. */
export interface LogFilter {
  /** What stands in the filter box. */
  readonly draft: ShallowRef<string>
  readonly applied: Readonly<ShallowRef<string>>
  /** What cannot be read of the draft; the engine says the rest. */
  readonly draftError: ComputedRef<FilterError | null>
  /** The draft, once typing rests, where it differs from what runs and could run. */
  readonly previewed: ComputedRef<string | null>
  /** Runs what is typed; false where it cannot be read, and the filter before goes on. */
  readonly apply: (text?: string) => boolean
  /** Includes or excludes the value of a field; null is the text of the row itself. */
  readonly applyTerm: (field: string | null, value: ClickedValue, mode: 'include' | 'exclude') => void
  /** Keeps the rows of a time only, epoch milliseconds; in place of the range that there is. */
  readonly limitTime: (from: number, to: number) => void
}

/** Milliseconds without a key before what is typed is tried. */
const typingRest = 120
/** A range that was pulled open before. */
const timeRange = /\s*(?<![-!\w.])time:\[[^\]]*\]/g

/** `fields`: those that rows can have. */
export function useLogFilter(known: FieldSet): LogFilter {
  const errorOf = (text: string): FilterError | null => parseFilter(text, { fields: known }).error ?? null
  const choices = useRowChoices()
  const draft = shallowRef('')
  const applied = shallowRef('')
  const settled = shallowRef('')
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(draft, (text) => {
    clearTimeout(timer)
    timer = setTimeout(() => (settled.value = text), typingRest)
  })
  onScopeDispose(() => clearTimeout(timer))

  const previewed = computed(() => {
    const text = settled.value.trim()
    const differs = draft.value.trim() !== applied.value && text !== applied.value
    return differs && errorOf(text) === null ? text : null
  })

  function apply(text = draft.value): boolean {
    draft.value = text
    if (errorOf(text)) return false
    applied.value = text.trim()
    choices.used(applied.value)
    return true
  }
  function applyTerm(field: string | null, value: ClickedValue, mode: 'include' | 'exclude'): void {
    const path = field === null ? null : field.split('.')
    const fields = withSeenFields(known, field === null ? [] : [field])
    apply(withTerm(applied.value, path, value, mode, fields))
  }
  function limitTime(from: number, to: number): void {
    const text = applied.value.replace(timeRange, '').trim()
    const range = `time:[${new Date(from).toISOString()} to ${new Date(to).toISOString()}]`
    const kind = parseFilter(text, { fields: known }).ast?.kind
    apply(text === '' ? range : kind === 'or' ? `(${text}) ${range}` : `${text} ${range}`)
  }

  return {
    draft,
    applied: shallowReadonly(applied),
    draftError: computed(() => errorOf(draft.value)),
    previewed,
    apply,
    applyTerm,
    limitTime,
  }
}

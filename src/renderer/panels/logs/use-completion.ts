import { complete, withSeenFields } from '@shared/filter'
import type { SeenFields } from '@shared/model/rows'
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { useAsk } from '../../stores/ask'
import { useLogs } from '../../stores/rows-logs'
import { useRowChoices } from '../../stores/rows-choices'
import { useLogSession } from './use-log-session'

export interface Choice {
  readonly text: string
  readonly kind: 'field' | 'value' | 'keyword' | 'saved' | 'used'
  readonly detail: string
  /** What of the filter it replaces. */
  readonly offset: number
  readonly length: number
}

export interface Completions {
  readonly choices: ComputedRef<readonly Choice[]>
  readonly shown: ShallowRef<boolean>
  /** The one that the arrow keys are at; -1 is none. */
  readonly at: ShallowRef<number>
  /** Asks the engine which fields and values the rows have, at most every few seconds. */
  learn(): Promise<void>
  move(step: number): void
  /** The filter with a choice taken, and where the caret goes. */
  take(choice: Choice): { readonly text: string; readonly caret: number }
}

const learnEvery = 5_000

/** What could be written at the caret: fields, their values as rows have them, and filters used before. */
export function useCompletion(text: () => string, caret: () => number): Completions {
  const ask = useAsk()
  const { main } = useLogSession()
  const remembered = useRowChoices()
  const { fields: known } = useLogs()
  const seen = shallowRef<SeenFields>([])
  const shown = shallowRef(false)
  const at = shallowRef(-1)
  let learnt = -Infinity

  const fields = computed(() =>
    withSeenFields(
      known,
      seen.value.map(({ name }) => name),
    ),
  )
  const values = computed(() => new Map(seen.value.map((field) => [field.name, field.values])))
  const filters = computed(() => {
    const { saved, history } = remembered.chosen
    const length = text().length
    return [
      ...saved.map((filter) => ({
        text: filter,
        kind: 'saved' as const,
        detail: 'saved',
        offset: 0,
        length,
      })),
      ...history
        .filter((filter) => !saved.includes(filter))
        .map((filter) => ({ text: filter, kind: 'used' as const, detail: 'used before', offset: 0, length })),
    ]
  })
  const choices = computed<readonly Choice[]>(() => {
    if (text().trim() === '' && filters.value.length > 0) return filters.value
    const { offset, length, suggestions } = complete(text(), caret(), {
      fields: fields.value,
      valuesOf: (field) => values.value.get(field) ?? [],
    })
    return suggestions.map((suggestion) => ({ ...suggestion, offset, length }))
  })

  async function learn(): Promise<void> {
    const view = main.update.value?.view
    if (view === undefined || performance.now() - learnt < learnEvery) return
    learnt = performance.now()
    try {
      seen.value = await ask('rows.fields', { view })
    } catch {
      // Completion then knows the usual fields only.
    }
  }

  return {
    choices,
    shown,
    at,
    learn,
    move(step) {
      const count = choices.value.length
      shown.value = count > 0
      at.value = count === 0 ? -1 : (at.value + step + count + (at.value < 0 && step < 0 ? 1 : 0)) % count
    },
    take({ text: piece, kind, offset, length }) {
      const before = text().slice(0, offset)
      const after = text().slice(offset + length)
      const space =
        kind === 'field' || after.startsWith(' ') || kind === 'saved' || kind === 'used' ? '' : ' '
      return { text: before + piece + space + after, caret: offset + piece.length + space.length }
    },
  }
}

import type { DiagnosticError } from '@shared/errors'
import type { Prompt, PromptAnswer } from '@shared/model/prompt'
import { defineStore } from 'pinia'
import { computed, shallowReadonly, shallowRef } from 'vue'
import { useLink } from '../link/link'
import { useSubscription } from '../link/subscription'
import { asDiagnostic, useAsk } from './ask'

/** Questions of the engine that wait for a person. */
export const usePrompts = defineStore('prompts', () => {
  const ask = useAsk()
  const { client } = useLink()
  const list = shallowRef<readonly Prompt[]>([])
  /** Answered here, and not yet taken back by the engine. */
  const answered = shallowRef<ReadonlySet<string>>(new Set())
  const failure = shallowRef<DiagnosticError | null>(null)
  useSubscription(
    'prompts.watch',
    () => ({}),
    (prompts) => {
      list.value = prompts
      const open = new Set(prompts.map(({ id }) => id))
      answered.value = new Set([...answered.value].filter((id) => open.has(id)))
    },
  )

  /** The oldest that is unanswered. Without a connection nobody could be answered. */
  const current = computed<Prompt | null>(() =>
    client.value === null ? null : (list.value.find(({ id }) => !answered.value.has(id)) ?? null),
  )

  async function answer(id: string, given: PromptAnswer): Promise<void> {
    failure.value = null
    answered.value = new Set(answered.value).add(id)
    try {
      await ask('prompts.answer', { id, answer: given })
    } catch (error) {
      const reason = asDiagnostic(error)
      // Another window was faster: the question is gone, and that is all there is to say.
      if (reason.code === 'not-found') return
      answered.value = new Set([...answered.value].filter((other) => other !== id))
      failure.value = reason
    }
  }

  return { list: shallowReadonly(list), current, failure: shallowReadonly(failure), answer }
})

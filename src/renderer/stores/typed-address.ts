import type { CallResult } from '@shared/contract'
import type { DiagnosticError } from '@shared/errors'
import { onScopeDispose, shallowReadonly, shallowRef, watch, type Ref } from 'vue'
import { asDiagnostic, useAsk } from './ask'

export type ParsedAddress = CallResult<'address.parse'>

const pause = 150

/** What an address says while it is typed; nothing is asked of an empty one. */
export function useTypedAddress(
  text: () => string,
  parsed: (address: ParsedAddress) => void,
): { readonly error: Readonly<Ref<DiagnosticError | null>> } {
  const ask = useAsk()
  const error = shallowRef<DiagnosticError | null>(null)
  let current = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined

  async function parse(typed: string, signal: AbortSignal): Promise<void> {
    try {
      const address = await ask('address.parse', { text: typed }, signal)
      if (signal.aborted) return
      error.value = null
      parsed(address)
    } catch (reason) {
      if (!signal.aborted) error.value = asDiagnostic(reason)
    }
  }

  function cancel(): void {
    clearTimeout(timer)
    current.abort()
    current = new AbortController()
  }

  watch(text, (typed) => {
    cancel()
    if (typed.trim() === '') return void (error.value = null)
    const { signal } = current
    timer = setTimeout(() => void parse(typed, signal), pause)
  })
  onScopeDispose(cancel)
  return { error: shallowReadonly(error) }
}

/** Position from 0 of the character that an error of `address.parse` is about; null where it names none. */
export function offsetOf(error: DiagnosticError | null): number | null {
  const match = /character (\d+)/.exec(error?.where ?? '')
  return match ? Number(match[1]) - 1 : null
}

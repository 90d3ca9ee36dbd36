import {
  effectScope,
  onScopeDispose,
  shallowReadonly,
  shallowRef,
  watch,
  type EffectScope,
  type ShallowRef,
} from 'vue'

/**
 * Sets something up for each key, for as long as the key is there and the owner lives. `setUp` runs in a scope of its
 * own and not in a component's: what it injects is to be taken before.
 */
export function useEach<T>(
  keys: () => readonly string[],
  setUp: (key: string) => T,
): Readonly<ShallowRef<ReadonlyMap<string, T>>> {
  const running = new Map<string, { readonly scope: EffectScope; readonly made: T }>()
  const made = shallowRef<ReadonlyMap<string, T>>(new Map())

  function begin(key: string): void {
    const scope = effectScope(true)
    scope.run(() => running.set(key, { scope, made: setUp(key) }))
  }
  function end(key: string): void {
    running.get(key)?.scope.stop()
    running.delete(key)
  }

  watch(
    () => JSON.stringify([...new Set(keys())].sort()),
    () => {
      const wanted = new Set(keys())
      for (const key of [...running.keys()]) if (!wanted.has(key)) end(key)
      for (const key of wanted) if (!running.has(key)) begin(key)
      made.value = new Map([...running].map(([key, one]) => [key, one.made]))
    },
    { immediate: true },
  )
  onScopeDispose(() => [...running.keys()].forEach(end))
  return shallowReadonly(made)
}

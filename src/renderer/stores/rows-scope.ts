import { computed, shallowReadonly, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { useHosts } from './hosts'

/** Whose rows show. */
export interface RowScope {
  /** Ids; null is all hosts. */
  readonly hosts: ComputedRef<readonly string[] | null>
  /** Numbers of streams that are left out. */
  readonly hidden: Readonly<ShallowRef<readonly number[]>>
  readonly toggleHost: (id: string) => void
  readonly toggleStream: (number: number) => void
  readonly showAllStreams: () => void
}

const without = <T>(list: readonly T[], one: T): T[] => list.filter((other) => other !== one)

/** The host that is looked at and those that were added to it; all streams but those that were switched off. */
export function useRowScope(): RowScope {
  const known = useHosts()
  const further = shallowRef<readonly string[] | null>([])
  const selectedOff = shallowRef(false)
  const hidden = shallowRef<readonly number[]>([])

  const hosts = computed(() => {
    const id = known.selectedId
    if (further.value === null) return null
    return id === null || selectedOff.value ? further.value : [id, ...without(further.value, id)]
  })

  function toggleHost(id: string): void {
    const all = (known.list ?? []).map((host) => host.id)
    const now = hosts.value ?? all
    const next = now.includes(id) ? without(now, id) : [...now, id]
    const selected = known.selectedId
    selectedOff.value = selected !== null && !next.includes(selected)
    further.value = all.length > 1 && next.length === all.length ? null : without(next, selected ?? '')
  }

  return {
    hosts,
    hidden: shallowReadonly(hidden),
    toggleHost,
    toggleStream: (number) =>
      (hidden.value = hidden.value.includes(number)
        ? without(hidden.value, number)
        : [...hidden.value, number]),
    showAllStreams: () => (hidden.value = []),
  }
}

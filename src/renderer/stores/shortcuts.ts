import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowReactive } from 'vue'

const shortcutGroups = ['Queues', 'Messages', 'Logs', 'Metrics', 'Time', 'Hosts', 'Views', 'Window'] as const

export interface Shortcut {
  /** As in KeyboardEvent.key: ' ', 't', '?', 'Escape'. */
  readonly key: string
  readonly label: string
  readonly group: (typeof shortcutGroups)[number]
  run(): void
}

/** What a KeyboardEvent tells of a key. */
export type KeyPress = Pick<
  KeyboardEvent,
  'key' | 'target' | 'ctrlKey' | 'metaKey' | 'altKey' | 'defaultPrevented' | 'preventDefault'
>

/** Radio buttons and check boxes take the space and arrow keys, which is all that they need. */
const typed = 'input:not([type=radio], [type=checkbox]), textarea, dialog'

/** Keys that the focused control needs for itself. */
function belongsToControl(event: KeyPress): boolean {
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.closest(typed) !== null) return true
  // A select takes letters and space; a button and a link take space.
  if (target.closest('select') !== null) return event.key !== 'Escape'
  return event.key === ' ' && target.closest('button, a, summary, input') !== null
}

/** Every action has a key, and the list of them is always the truth. */
export const useShortcuts = defineStore('shortcuts', () => {
  const known = shallowReactive(new Map<string, readonly Shortcut[]>())

  /** Adds a shortcut for as long as the component or store lives; the newest of a key has it, then the one before. */
  function add(shortcut: Shortcut): void {
    const { key } = shortcut
    known.set(key, [...(known.get(key) ?? []), shortcut])
    onScopeDispose(() => {
      const others = (known.get(key) ?? []).filter((one) => one !== shortcut)
      if (others.length > 0) known.set(key, others)
      else known.delete(key)
    })
  }

  /** Runs the shortcut of a key press; false when there is none or a control needs the key. */
  function handle(event: KeyPress): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false
    const shortcut = known.get(event.key)?.at(-1)
    if (!shortcut || belongsToControl(event)) return false
    event.preventDefault()
    shortcut.run()
    return true
  }

  const groups = computed(() => {
    const active = [...known.values()].flatMap((ofKey) => ofKey.slice(-1))
    return shortcutGroups
      .map((group) => ({ group, shortcuts: active.filter((shortcut) => shortcut.group === group) }))
      .filter(({ shortcuts }) => shortcuts.length > 0)
  })
  return { groups, add, handle }
})

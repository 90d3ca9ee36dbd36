import { metricPath } from '@shared/model/metrics'
import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { useComparison } from '../../stores/metrics-comparison'
import { searchWords } from '../../stores/metrics-search'
import { buildTree, type Tree, type TreeRow } from '../../stores/metrics-tree'
import { useHosts } from '../../stores/hosts'
import type { SeriesId } from '../../stores/metrics-link'
import type { Explorer } from './use-explorer'

export interface CatalogueTree {
  readonly query: ShallowRef<string>
  readonly words: ComputedRef<readonly string[]>
  readonly tree: ComputedRef<Tree>
  /** The row that keys are for; -1 where there are none. */
  readonly active: ComputedRef<number>
  seriesOf(row: TreeRow): SeriesId | null
  select(at: number): void
  /** Opens or closes what has parts; adds a metric to the comparison, or takes it out. */
  act(row: TreeRow): void
  /** True where the key was for the tree. `page`: rows on screen. */
  press(key: string, page: number): boolean
}

const nothing: Tree = { rows: [], metrics: 0 }

/** What the catalogue's tree shows, and how keys move in it. */
export function useTree({ catalogues }: Explorer): CatalogueTree {
  const comparison = useComparison()
  const hosts = useHosts()
  const query = shallowRef('')
  const words = computed(() => searchWords(query.value))
  const toggled = shallowRef<ReadonlySet<string>>(new Set())
  const chosen = shallowRef<string | null>(null)
  /** Where the chosen row was, for when it is gone. */
  let last = 0
  const tree = computed(() => {
    const catalogue = catalogues.shown.value
    return catalogue ? buildTree(catalogue, words.value, toggled.value) : nothing
  })
  const active = computed(() => {
    const { rows } = tree.value
    const at = rows.findIndex(({ key }) => key === chosen.value)
    return at >= 0 ? at : Math.min(last, rows.length - 1)
  })
  // What is open while something is looked for says nothing of what was open before.
  watch(
    () => words.value.length > 0,
    () => (toggled.value = new Set()),
  )
  watch(words, () => {
    chosen.value = null
    // The best hit, below its class and instance.
    last =
      words.value.length > 0
        ? Math.max(
            0,
            tree.value.rows.findIndex(({ level }) => level === 3),
          )
        : 0
  })

  function select(at: number): void {
    const { rows } = tree.value
    last = Math.min(rows.length - 1, Math.max(0, at))
    chosen.value = rows[last]?.key ?? null
  }
  function toggle({ key }: TreeRow): void {
    const changed = new Set(toggled.value)
    if (!changed.delete(key)) changed.add(key)
    toggled.value = changed
  }
  function seriesOf({ class: entry, instance, metric }: TreeRow): SeriesId | null {
    const host = hosts.selectedId
    if (!instance || !metric || host === null) return null
    return { host, path: metricPath({ class: entry.name, instance: instance.id, metric: metric.name }) }
  }
  function act(row: TreeRow): void {
    const series = seriesOf(row)
    if (series) comparison.toggle(series)
    else toggle(row)
  }
  function press(key: string, page: number): boolean {
    const at = active.value
    const row = tree.value.rows[at]
    if (!row) return false
    const to = stepOf(key, at, page, tree.value.rows.length)
    if (to !== null) select(to)
    else if (key === 'Enter') {
      select(at)
      act(row)
    } else if (key === 'ArrowRight') {
      if (row.level < 3 && !row.open) toggle(row)
      else if (row.level < 3) select(at + 1)
    } else if (key === 'ArrowLeft') {
      if (row.level < 3 && row.open) toggle(row)
      else select(parentOf(tree.value.rows, at))
    } else return false
    return true
  }

  return { query, words, tree, active, seriesOf, select, act, press }
}

/** The row that one belongs to. */
function parentOf(rows: readonly TreeRow[], at: number): number {
  const level = rows[at]?.level ?? 1
  let above = at - 1
  while (above >= 0 && (rows[above]?.level ?? 1) >= level) above--
  return Math.max(0, above)
}

/** Where a key that moves leads to; null for one that does not. */
function stepOf(key: string, at: number, page: number, rows: number): number | null {
  if (key === 'ArrowDown') return at + 1
  if (key === 'ArrowUp') return at - 1
  if (key === 'PageDown') return at + page
  if (key === 'PageUp') return at - page
  if (key === 'Home') return 0
  return key === 'End' ? rows - 1 : null
}

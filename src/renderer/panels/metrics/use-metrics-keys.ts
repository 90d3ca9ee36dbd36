import { useComparison } from '../../stores/metrics-comparison'
import { usePins } from '../../stores/metrics-pins'
import { useShortcuts } from '../../stores/shortcuts'

export interface MetricsActs {
  readonly focusSearch: () => void
  readonly catalogue: () => void
  readonly pin: () => void
  readonly link: () => void
  readonly copy: () => void
  readonly export: () => void
}

/** The keys of the Metrics view, listed with all others. Arrows and Enter are the tree's own. */
export function useMetricsKeys(acts: MetricsActs): void {
  const { add } = useShortcuts()
  const comparison = useComparison()
  const pins = usePins()
  const key = (name: string, label: string, run: () => void): void =>
    add({ key: name, label, group: 'Metrics', run })
  const compared = (run: () => void) => (): void => {
    if (comparison.series.length > 0) run()
  }

  key('/', 'Search the catalogue', acts.focusSearch)
  key('s', 'Show or hide the catalogue', acts.catalogue)
  key('m', 'Charts by unit, or one for each metric', () => comparison.showEach(!comparison.each))
  key('p', 'Pin the comparison under a name', compared(acts.pin))
  key('l', 'Copy a link to the comparison', compared(acts.link))
  key('y', 'Copy the table', compared(acts.copy))
  key('e', 'Export as CSV or PNG', compared(acts.export))
  key('x', 'Clear the comparison', () => comparison.clear())
  key('U', 'Undo the removal of a pinned set', () => pins.undoRemove())
}

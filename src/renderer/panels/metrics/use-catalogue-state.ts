import { computed, type ComputedRef } from 'vue'
import { useConnection } from '../../stores/connection'
import { useHosts } from '../../stores/hosts'
import type { Catalogues } from '../../stores/metrics-catalogues'

export interface CatalogueState {
  readonly title: string
  readonly text: string
  readonly act: 'connect' | 'add' | 'clear' | 'retry' | null
}

/** Why the tree of the catalogue has no rows, and what to do about it. */
export function useCatalogueState(catalogues: Catalogues, query: () => string): ComputedRef<CatalogueState> {
  const connection = useConnection()
  const hosts = useHosts()
  const state = (title: string, text: string, act: CatalogueState['act'] = null): CatalogueState => ({
    title,
    text,
    act,
  })
  return computed(() => {
    const host = hosts.selected
    const catalogue = catalogues.shown.value
    if (catalogue && catalogue.classes.length > 0 && query().trim() !== '')
      return state(
        'No metric matches',
        `${host?.name ?? 'This host'} has none with “${query().trim()}”.`,
        'clear',
      )
    if (!connection.open && !catalogue)
      return state('No connection to the engine', 'The catalogue comes once it is reached again.', 'retry')
    if (hosts.list?.length === 0)
      return state('No hosts', 'Connect to a host, and its metrics show here.', 'add')
    if (!host) return state('Reading …', 'The hosts are on their way.')
    if (host.state === 'connecting') return state('Connecting …', 'Metrics follow once the host is reached.')
    if (host.state === 'failed' || host.state === 'disconnected')
      return state('Not connected', `${host.name} is not connected, and nothing of it is kept.`, 'connect')
    const error = catalogues.error.value
    if (error) return state('The catalogue cannot be read', error.message)
    if (!catalogue) return state('Reading …', 'The catalogue is on its way.')
    return state('No metrics yet', `${host.name} has told none so far; they show here as they come.`)
  })
}

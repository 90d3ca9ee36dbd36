import { defineStore } from 'pinia'
import { readonly, shallowRef } from 'vue'

/** Where the window is; kept in the address so that reload, back and forward work. */
export interface Route {
  readonly view: string
  readonly host: string | null
  /** What else the query tells, for views that keep something there; it stays when another view shows. */
  readonly rest: string
}

const home: Route = { view: 'overview', host: null, rest: '' }

/** Reads `#/overview?host=local&...`; anything else is the start. */
export function parseRoute(hash: string): Route {
  const [, view, query] = /^#\/([a-z-]+)(?:\?(.*))?$/.exec(hash) ?? []
  if (view === undefined) return home
  const rest = new URLSearchParams(query ?? '')
  const host = rest.get('host') || null
  rest.delete('host')
  return { view, host, rest: rest.toString().replaceAll('%2F', '/') }
}

export function formatRoute(route: Pick<Route, 'view' | 'host'> & Partial<Route>): string {
  const host = route.host === null ? '' : new URLSearchParams({ host: route.host }).toString()
  const query = [host, route.rest ?? ''].filter((part) => part !== '').join('&')
  return `#/${route.view}${query === '' ? '' : `?${query}`}`
}

export const useRoute = defineStore('route', () => {
  const current = shallowRef(parseRoute(location.hash))
  addEventListener('hashchange', () => (current.value = parseRoute(location.hash)))

  function go(changes: Partial<Route>): void {
    const route = { ...current.value, ...changes }
    current.value = route
    const hash = formatRoute(route)
    if (location.hash !== hash) location.hash = hash
  }

  /** The same without a step to go back over. */
  function replace(changes: Partial<Route>): void {
    current.value = { ...current.value, ...changes }
    history.replaceState(history.state, '', formatRoute(current.value))
  }

  return { current: readonly(current), go, replace }
})

import { defineStore } from 'pinia'
import { readonly, shallowRef } from 'vue'

/** Where the window is; kept in the address so that reload, back and forward work. */
export interface Route {
  readonly view: string
  readonly host: string | null
}

const home: Route = { view: 'overview', host: null }

/** Reads `#/overview?host=local`; anything else is the start. */
export function parseRoute(hash: string): Route {
  const [, view, query] = /^#\/([a-z-]+)(?:\?(.*))?$/.exec(hash) ?? []
  if (view === undefined) return home
  return { view, host: new URLSearchParams(query ?? '').get('host') || null }
}

export function formatRoute(route: Route): string {
  return `#/${route.view}${route.host === null ? '' : `?${new URLSearchParams({ host: route.host }).toString()}`}`
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

  return { current: readonly(current), go }
})

import type { Log } from '../log'

/** The console's only page, and the only origin that the window ever has. */
export const appScheme = 'app'
export const appOrigin = 'app://console'
export const appPage = `${appOrigin}/`

/** The page itself, with whatever stands behind `#`. Compared as text: no parser can be led astray. */
export const isAppPage = (url: string): boolean => url === appPage || url.startsWith(`${appPage}#`)

/** What the window's session may load at all: the allow-list behind the scheme decides which files there are. */
export function mayLoad(url: string): boolean {
  return (
    url.startsWith(appPage) ||
    url.startsWith(`blob:${appPage}`) ||
    url.startsWith('data:image/') ||
    url.startsWith('devtools://')
  )
}

interface Preventable {
  preventDefault(): void
}

/** What is used of Electron's WebContents. */
export interface GuardedContents {
  on(
    event: 'will-frame-navigate',
    listener: (event: Preventable & { readonly url: string; readonly isMainFrame: boolean }) => void,
  ): unknown
  on(event: 'will-redirect', listener: (event: Preventable & { readonly url: string }) => void): unknown
  on(event: 'will-attach-webview', listener: (event: Preventable) => void): unknown
  setWindowOpenHandler(handler: () => { action: 'deny' }): void
}

/** Holds a window to its page: no other address, no redirect, no frame, no webview, no second window. */
export function guardContents(contents: GuardedContents, log: Log): void {
  contents.on('will-frame-navigate', (event) => {
    if (event.isMainFrame && isAppPage(event.url)) return
    event.preventDefault()
    log.refused(`a navigation to ${originOf(event.url)}`)
  })
  contents.on('will-redirect', (event) => {
    event.preventDefault()
    log.refused(`a redirect to ${originOf(event.url)}`)
  })
  contents.on('will-attach-webview', (event) => {
    event.preventDefault()
    log.refused('a webview')
  })
  contents.setWindowOpenHandler(() => {
    log.refused('a new window')
    return { action: 'deny' }
  })
}

/** For the terminal: without paths and queries, which may hold secrets. */
export function originOf(url: string): string {
  try {
    const { protocol, host } = new URL(url)
    return `${protocol}//${host}`.slice(0, 120)
  } catch {
    return 'no address'
  }
}

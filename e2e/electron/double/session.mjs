import { EventEmitter } from 'node:events'
import { application } from './application.mjs'
import { display } from './display.mjs'
import { emitPreventable, strict } from './strict.mjs'

const handlers = new Map()
let privileged = new Map()
let beforeRequest = null
let permissionRequest = null
let permissionCheck = null

const events = new EventEmitter()

export const protocol = strict('protocol', {
  registerSchemesAsPrivileged(schemes) {
    if (application.isReady())
      throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    privileged = new Map(schemes.map(({ scheme, privileges }) => [scheme, privileges]))
    display.record('schemes', schemes)
  },
})

export const defaultSession = strict('session', {
  protocol: strict('session.protocol', {
    handle(scheme, handler) {
      if (!application.isReady()) throw new Error('The application is not ready.')
      if (!privileged.get(scheme)?.standard)
        throw new Error(`The double serves standard schemes only, not ${scheme}.`)
      handlers.set(scheme, handler)
    },
  }),
  setPermissionRequestHandler: (handler) => (permissionRequest = handler),
  setPermissionCheckHandler: (handler) => (permissionCheck = handler),
  setDevicePermissionHandler: () => undefined,
  setDisplayMediaRequestHandler: () => undefined,
  setSpellCheckerEnabled: (enabled) => display.record('spell-checker', enabled),
  webRequest: strict('webRequest', {
    onBeforeRequest: (listener) => (beforeRequest = listener),
  }),
  on: (name, listener) => events.on(name, listener),
})

/** A request of the page: first whether it may be made, then who answers it. */
display.on('request', async ({ request, url, method }) => {
  const answer = (value) => display.tell({ type: 'answer', request, value })
  const allowed = await new Promise((resolve) =>
    beforeRequest ? beforeRequest({ url, method }, ({ cancel }) => resolve(!cancel)) : resolve(true),
  )
  const handler = handlers.get(url.slice(0, url.indexOf(':')))
  if (!allowed || !handler) {
    answer(null)
    return
  }
  const response = await handler(new Request(url, { method }))
  answer({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(await response.arrayBuffer()),
  })
})

display.on('permission', ({ request, name, check }) => {
  const answer = (value) => display.tell({ type: 'answer', request, value })
  if (check) answer(permissionCheck ? permissionCheck(null, name, 'app://console', {}) : true)
  else if (permissionRequest) permissionRequest(null, name, answer, {})
  else answer(true)
})

display.on('download', ({ request, url, name }) => {
  let options = null
  const item = strict('DownloadItem', {
    getURL: () => url,
    getFilename: () => name,
    setSaveDialogOptions: (given) => (options = given),
    once: () => undefined,
  })
  const prevented = emitPreventable(events, 'will-download', {}, item)
  display.tell({ type: 'answer', request, value: prevented ? null : (options ?? {}) })
})

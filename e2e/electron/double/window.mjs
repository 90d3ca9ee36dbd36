import { EventEmitter } from 'node:events'
import { application } from './application.mjs'
import { display } from './display.mjs'
import { fromHolder, transfer } from './ports.mjs'
import { defaultSession } from './session.mjs'
import { emitPreventable, strict } from './strict.mjs'

let lastId = 0
const windows = new Map()

class ContentsDouble extends EventEmitter {
  id = ++lastId
  session = defaultSession
  openHandler = null
  #destroyed = false
  #zoom = 0

  isDestroyed() {
    return this.#destroyed
  }

  destroy() {
    this.#destroyed = true
    display.tell({ type: 'window-closed', id: this.id })
  }

  send(channel, ...args) {
    display.tell({ type: 'send', id: this.id, channel, args: structuredClone(args) })
  }

  postMessage(channel, message, ports = []) {
    const args = [structuredClone(message)]
    transfer(
      ports,
      (said) => display.tell({ ...said, id: this.id }),
      (ids) => display.tell({ type: 'send', id: this.id, channel, args, ports: ids }),
    )
  }

  setWindowOpenHandler(handler) {
    this.openHandler = handler
  }

  getZoomLevel() {
    return this.#zoom
  }

  setZoomLevel(level) {
    this.#zoom = level
    display.record('zoom', level)
  }

  forcefullyCrashRenderer() {
    display.tell({ type: 'crash', id: this.id })
  }
}

class WindowDouble extends EventEmitter {
  webContents
  #bounds
  #state = { shown: false, maximized: false, minimized: false, focused: false, destroyed: false }

  constructor(options) {
    super()
    const { x, y, width, height } = options
    this.#bounds = { x, y, width, height }
    const contents = new ContentsDouble()
    this.webContents = strict('webContents', contents)
    contents.proxy = this.webContents
    windows.set(contents.id, { window: this, contents })
    display.tell({
      type: 'window',
      id: contents.id,
      preload: options.webPreferences.preload,
      preferences: { ...options.webPreferences },
      bounds: this.#bounds,
    })
    application.emit('web-contents-created', {}, this.webContents)
  }

  loadURL(url) {
    const { contents } = windows.get(this.webContents.id)
    display.tell({ type: 'load', id: contents.id, url })
    return new Promise((resolve, reject) => {
      contents.loaded = (error) => (error ? reject(new Error(error)) : resolve())
    })
  }

  show() {
    this.#state.shown = true
    this.focus()
    display.record('show')
  }

  focus() {
    this.#state.focused = true
  }

  setFocused(focused) {
    this.#state.focused = focused
  }

  isFocused() {
    return this.#state.focused
  }

  isMinimized() {
    return this.#state.minimized
  }

  restore() {
    this.#state.minimized = false
  }

  maximize() {
    this.#state.maximized = true
  }

  isMaximized() {
    return this.#state.maximized
  }

  getNormalBounds() {
    return { ...this.#bounds }
  }

  setBounds(bounds) {
    this.#bounds = { ...this.#bounds, ...bounds }
    this.emit('resize')
  }

  isDestroyed() {
    return this.#state.destroyed
  }

  close() {
    if (emitPreventable(this, 'close')) return false
    const { contents } = windows.get(this.webContents.id)
    this.#state.destroyed = true
    contents.destroy()
    windows.delete(contents.id)
    this.emit('closed')
    return true
  }
}

application.closeWindows = () => [...windows.values()].every(({ window }) => window.close())

export const BrowserWindow = new Proxy(WindowDouble, {
  construct: (target, [options]) => strict('BrowserWindow', new target(options)),
})

const ipc = new EventEmitter()
export const ipcMain = strict('ipcMain', ipc)

const found = (message) => windows.get(message.id)

display.on('ipc', (message) => {
  const entry = found(message)
  if (!entry) return
  const { contents } = entry
  const frame =
    message.frame === null ? null : { ...message.frame, detached: message.frame.detached === true }
  const event = { sender: contents.proxy, senderFrame: frame, type: 'frame', ports: [] }
  contents.emit('ipc-message', event, message.channel, ...message.args)
  ipc.emit(message.channel, event, ...message.args)
})
display.on('port-message', fromHolder)
display.on('port-close', fromHolder)
display.on('loaded', (message) => {
  const entry = found(message)
  if (!entry) return
  entry.contents.loaded?.(message.error)
  if (message.error) return
  if (!entry.readyToShow) {
    entry.readyToShow = true
    entry.window.emit('ready-to-show')
  }
  entry.contents.emit('did-finish-load')
})
display.on('navigate', (message) => {
  const { url, isMainFrame } = message
  const entry = found(message)
  const prevented = !entry || emitPreventable(entry.contents, 'will-frame-navigate', { url, isMainFrame })
  display.tell({ type: 'answer', request: message.request, value: !prevented })
})
display.on('open-window', (message) => {
  const action = found(message)?.contents.openHandler?.({ url: message.url })
  display.tell({ type: 'answer', request: message.request, value: action?.action === 'allow' })
})
display.on('gone', (message) =>
  found(message)?.contents.emit('render-process-gone', {}, { reason: message.reason, exitCode: 0 }),
)
display.on('focus', (message) => found(message)?.window.setFocused(message.focused))
display.on('bounds', (message) => found(message)?.window.setBounds(message.bounds))
display.on('close-window', (message) => {
  found(message)?.window.close()
  if (windows.size === 0) application.emit('window-all-closed')
})
display.on('app-event', ({ name, args }) => emitPreventable(application, name, {}, ...args))

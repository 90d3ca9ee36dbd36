import { EventEmitter } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { display } from './display.mjs'
import { emitPreventable, strict } from './strict.mjs'

/** `app`: its life, its paths and the lock of the single instance. */
class Application extends EventEmitter {
  isPackaged = false
  /** For BrowserWindow of the double: closes all, and says whether none refused. */
  closeWindows = () => true
  #ready = false
  #quitting = false
  #paths = {
    appData: process.env.XDG_CONFIG_HOME ?? join(process.env.HOME ?? homedir(), '.config'),
  }

  constructor() {
    super()
    // As Electron: only after the main module's first run.
    setImmediate(() => setImmediate(() => this.#becomeReady()))
  }

  #becomeReady() {
    this.#ready = true
    // What keeps a desktop application alive is its loop, not its work.
    setInterval(() => undefined, 1 << 30)
    this.emit('ready', {})
  }

  isReady() {
    return this.#ready
  }

  whenReady() {
    return this.#ready ? Promise.resolve() : new Promise((resolve) => this.once('ready', () => resolve()))
  }

  getPath(name) {
    const path = this.#paths[name]
    if (path === undefined) throw new Error(`The test double of Electron has no path "${name}".`)
    return path
  }

  setPath(name, path) {
    this.#paths[name] = path
  }

  enableSandbox() {
    if (this.#ready) throw new Error('app.enableSandbox() can only be called before app is ready')
    display.record('sandbox')
  }

  setBadgeCount(count) {
    display.record('badge', count)
    return true
  }

  requestSingleInstanceLock(data) {
    const path = lockPath(this.getPath('userData'))
    if (handOver(path, data)) return false
    rmSync(path, { force: true })
    createServer((socket) => {
      const parts = []
      socket.on('data', (part) => parts.push(part))
      socket.on('error', () => socket.destroy())
      socket.on('end', () => {
        const { argv, directory, data: given } = JSON.parse(Buffer.concat(parts).toString())
        this.whenReady().then(() => this.emit('second-instance', {}, argv, directory, given))
      })
    })
      .listen(path)
      .unref()
    process.on('exit', () => rmSync(path, { force: true }))
    return true
  }

  quit() {
    if (!this.#ready) return this.exit(0)
    if (this.#quitting) return
    this.#quitting = true
    if (emitPreventable(this, 'before-quit') || !this.closeWindows()) {
      this.#quitting = false
      return
    }
    if (emitPreventable(this, 'will-quit')) {
      this.#quitting = false
      return
    }
    this.exit(0)
  }

  exit(code = 0) {
    this.emit('quit', {}, code)
    process.exit(code)
  }
}

/** The path of a Unix socket has room for a hundred bytes only. */
function lockPath(folder) {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'lock')
  if (path.length > 100) throw new Error(`The path of the lock is too long: ${path}`)
  return path
}

/** Synchronous, as Electron's: a process of its own asks whether somebody listens, and gives it the data. */
function handOver(path, data) {
  const message = JSON.stringify({ argv: process.argv, directory: process.cwd(), data })
  const script = `const s = require('node:net').connect(process.argv[1]); s.on('error', () => process.exit(1));
    s.on('connect', () => s.end(process.argv[2], () => process.exit(0)))`
  return spawnSync(process.execPath, ['-e', script, path, message], { stdio: 'ignore' }).status === 0
}

export const application = new Application()
export const app = strict('app', application)

import { BrowserWindow, dialog, screen } from 'electron'
import type { Log } from '../log'
import { appPage } from '../security/navigation'
import { CrashRecovery } from './crash-recovery'
import { webPreferences } from './preferences'
import { placeWindow, readRemembered, smallest, writeRemembered, type Remembered } from './remembered'

export interface ConsoleWindowOptions {
  /** Where bounds and zoom are remembered. */
  readonly path: string
  readonly log: Log
  readonly quit: () => void
}

/** Milliseconds after the last move before it is written down. */
const rest = 1_000
const zoomStep = 0.5

/** The console's window: where it was, how large its text was, loaded again when its process dies. */
export function openConsoleWindow({ path, log, quit }: ConsoleWindowOptions): BrowserWindow {
  const remembered = readRemembered(path)
  const screens = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea)
  const window = new BrowserWindow({
    ...placeWindow(remembered, screens),
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: 'XCP diagnostic console',
    backgroundColor: '#101418',
    webPreferences,
  })
  if (remembered?.maximized) window.maximize()
  keepBounds(window, path, remembered)
  recover(window, log, quit)
  window.once('ready-to-show', () => window.show())
  window.webContents.on('did-finish-load', () => window.webContents.setZoomLevel(zoomOf(window, remembered)))
  load(window, log)
  return window
}

/** Electron keeps the level for each origin, but not over a reload with another level at start. */
const levels = new WeakMap<BrowserWindow, number>()
const zoomOf = (window: BrowserWindow, remembered: Remembered | null): number =>
  levels.get(window) ?? remembered?.zoom ?? 0

/** 0: the usual size. */
export function zoomWindow(window: BrowserWindow, step: -1 | 0 | 1): void {
  const next = step === 0 ? 0 : window.webContents.getZoomLevel() + step * zoomStep
  const level = Math.min(5, Math.max(-3, next))
  levels.set(window, level)
  window.webContents.setZoomLevel(level)
  window.emit('resize')
}

function keepBounds(window: BrowserWindow, path: string, remembered: Remembered | null): void {
  let timer: NodeJS.Timeout | undefined
  const write = (): void => {
    clearTimeout(timer)
    if (window.isDestroyed()) return
    writeRemembered(path, {
      bounds: window.getNormalBounds(),
      maximized: window.isMaximized(),
      zoom: zoomOf(window, remembered),
    })
  }
  const later = (): void => {
    clearTimeout(timer)
    timer = setTimeout(write, rest)
  }
  window.on('resize', later)
  window.on('move', later)
  window.on('close', write)
}

function recover(window: BrowserWindow, log: Log, quit: () => void): void {
  const recovery = new CrashRecovery({
    reload: () => load(window, log),
    ask: () => ask(window, 'The window keeps ending.', 'Its process died several times within a minute.'),
    quit,
    log: (line) => log.line(line),
  })
  window.webContents.on('render-process-gone', (_, { reason }) => void recovery.gone(reason))
  window.on('unresponsive', () => {
    log.line('The window does not answer.')
    void ask(window, 'The window does not answer.', 'It can be loaded again; no host is disconnected.').then(
      (again) => {
        if (again && !window.isDestroyed()) window.webContents.forcefullyCrashRenderer()
      },
    )
  })
  window.on('closed', () => recovery.stop())
}

async function ask(window: BrowserWindow, message: string, detail: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message,
    detail,
    buttons: ['Load it again', 'Leave it'],
    defaultId: 0,
    cancelId: 1,
  })
  return response === 0
}

function load(window: BrowserWindow, log: Log): void {
  if (window.isDestroyed()) return
  window.loadURL(appPage).catch((error: unknown) => {
    log.line(
      `The window's page could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
    )
  })
}

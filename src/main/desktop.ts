import {
  app,
  clipboard,
  dialog,
  session,
  shell,
  type BrowserWindow,
  type IpcMain,
  type MessagePortMain,
} from 'electron'
import { channels, type Opened, type ToShell, type ToWindow } from '@shared/desktop'
import type { StaticFiles } from '../server/static-files'
import { framePortOf } from './engine/message-port'
import type { EngineHost } from './engine/engine-host'
import { createChannel, createEngineHost } from './engine/utility'
import { Attention } from './attention/attention'
import { desktopPlaces } from './attention/places'
import { HostWatch } from './attention/host-watch'
import { listenToWindow, refuseOtherChannels, tellWindow } from './link/window-link'
import type { Log } from './log'
import { setMenu } from './menu-actions'
import { openedFile, snapshotExtension } from './opened'
import type { Places } from './places'
import { watchPower } from './power'
import { openExternal } from './security/open-external'
import { guardSession } from './security/session'
import { openConsoleWindow, zoomWindow } from './window/console-window'
import { findVaultKey } from './vault/find-key'

export interface DesktopOptions {
  readonly places: Places
  readonly log: Log
  readonly ipc: IpcMain
}

/** One console on the desktop: its window, its engine, and what goes between them and the system. */
export class Desktop {
  readonly #options: DesktopOptions
  #window: BrowserWindow | null = null
  #engine: EngineHost<MessagePortMain> | undefined
  #attention: Attention | undefined
  readonly #hosts = new HostWatch((hosts) => this.#attention?.update(hosts))
  /** The window asked for the engine and waits for it. */
  #wanted = false
  #listening = false
  #waiting: Opened[] = []
  #end: 'no' | 'under way' | 'done' = 'no'

  constructor(options: DesktopOptions) {
    this.#options = options
    listenToWindow({
      ipc: options.ipc,
      contents: () => this.#window?.webContents ?? null,
      log: options.log,
      receive: (message) => this.#receive(message),
      dropped: (paths) => this.open(paths.flatMap((path) => openedFile(path) ?? [])),
    })
  }

  /** Once Electron is ready. */
  async start(files: StaticFiles): Promise<void> {
    const { places, log } = this.#options
    guardSession(session.defaultSession, files, log)
    this.#attention = new Attention(
      desktopPlaces(
        () => this.#window,
        () => this.show(),
      ),
    )
    this.#attention.update(null)
    setMenu({
      command: (command) => this.#tell({ type: 'command', command }),
      openSnapshot: () => void this.#chooseSnapshot(),
      restartEngine: () => this.#engine?.start(),
      zoom: (step) => this.#window && zoomWindow(this.#window, step),
      openExternal: (address) => void openExternal(shell, address, log),
      quit: () => app.quit(),
    })
    watchPower(() => this.#tell({ type: 'resumed' }))
    // The window loads while the key store is asked, which may ask a person.
    this.show()
    this.#engine = createEngineHost({
      vaultKey: await findVaultKey(places.vaultKey, log),
      log: (line) => log.line(line),
      onState: (state) => this.#engineIs(state),
    })
    if (this.#end === 'no') this.#engine.start()
  }

  /** The window in front; a new one where it was closed. */
  show(): void {
    if (!app.isReady() || this.#end !== 'no') return
    if (!this.#window) this.#openWindow()
    else {
      if (this.#window.isMinimized()) this.#window.restore()
      this.#window.show()
      this.#window.focus()
    }
  }

  /** Shown as soon as there is a window that listens. */
  open(opened: readonly Opened[]): void {
    this.#waiting.push(...opened)
    if (this.#listening)
      for (const one of this.#waiting.splice(0)) this.#tell({ type: 'opened', opened: one })
  }

  /** Whether everything has ended; begins with that otherwise, and quits when it is done. */
  mayQuit(): boolean {
    if (this.#end === 'no') {
      this.#end = 'under way'
      this.#hosts.disconnect()
      void Promise.resolve(this.#engine?.stop()).finally(() => {
        this.#end = 'done'
        app.quit()
      })
    }
    return this.#end === 'done'
  }

  #openWindow(): void {
    const { places, log } = this.#options
    const window = openConsoleWindow({ path: places.window, log, quit: () => app.quit() })
    this.#window = window
    refuseOtherChannels(window.webContents, log)
    window.on('closed', () => {
      this.#window = null
      this.#listening = this.#wanted = false
    })
  }

  #receive(message: ToShell): void {
    switch (message.type) {
      case 'connect':
        this.#wanted = true
        return this.#connect()
      case 'listening':
        this.#listening = true
        return this.open([])
      case 'copy':
        clipboard
          .writeText(message.text)
          .catch(() => this.#options.log.line('The clipboard is not to be had.'))
        return
      case 'choose-snapshot':
        void this.#chooseSnapshot()
        return
    }
  }

  #engineIs(state: EngineHost<MessagePortMain>['state']): void {
    if (state === 'ready') {
      const [here, there] = createChannel()
      this.#engine?.connect(there)
      this.#hosts.connect(framePortOf(here))
    } else this.#hosts.disconnect()
    if (this.#wanted) this.#connect()
  }

  /** A port to the engine, for the window that asked; while the engine is being started it waits. */
  #connect(): void {
    const state = this.#engine?.state ?? 'starting'
    if (state === 'starting') return
    this.#wanted = false
    if (state === 'ready') {
      const [here, there] = createChannel()
      this.#engine?.connect(there)
      this.#window?.webContents.postMessage(channels.engine, null, [here])
    } else this.#tell({ type: 'no-engine', reason: unavailable[state] })
  }

  #tell(message: ToWindow): void {
    tellWindow(this.#window?.webContents ?? null, message)
  }

  async #chooseSnapshot(): Promise<void> {
    const window = this.#window
    if (!window) return
    const { filePaths } = await dialog.showOpenDialog(window, {
      title: 'Open a snapshot',
      filters: [{ name: 'Snapshots', extensions: [snapshotExtension] }],
      properties: ['openFile'],
    })
    this.open(filePaths.flatMap((path) => openedFile(path) ?? []))
  }
}

const unavailable = {
  failed: 'The engine keeps ending. Choose "Start the engine again" in the File menu',
  stopped: 'the console is being ended',
}

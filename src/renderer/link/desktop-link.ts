import {
  bridgeName,
  toWindow,
  type DesktopBridge,
  type Incoming,
  type ToShell,
  type ToWindow,
} from '@shared/desktop'
import { DiagnosticError, validate } from '@shared/errors'
import type { Carrier } from '@shared/rpc/carrier'
import { createFrameCarrier, type FramePort } from '@shared/rpc/frame-carrier'
import type { InjectionKey } from 'vue'
import { createLink, type Link } from './link'

/** The window's side of the desktop shell, beside the link to the engine. */
export interface DesktopShell {
  post(message: ToShell): void
  /** Sets the listener; what came before it is told then. */
  on(listener: (message: ToWindow) => void): void
}

/** Null in a browser. */
export const desktopKey: InjectionKey<DesktopShell | null> = Symbol('desktop')

const timeout = 15_000

/** The preload's link, where there is one: only the desktop shell puts it there. */
export function desktopBridge(page: object): DesktopBridge | null {
  const bridge: unknown = Reflect.get(page, bridgeName)
  return isBridge(bridge) ? bridge : null
}

const isBridge = (value: unknown): value is DesktopBridge =>
  typeof value === 'object' &&
  value !== null &&
  typeof Reflect.get(value, 'post') === 'function' &&
  typeof Reflect.get(value, 'on') === 'function'

/** The link of a window of the desktop shell, and the shell itself. */
export function createDesktopLink(bridge: DesktopBridge): { link: Link; shell: DesktopShell } {
  const wire = new DesktopWire(bridge)
  const link = createLink(() => wire.connect())
  wire.onResumed = () => {
    link.retry()
  }
  return { link, shell: wire }
}

class DesktopWire implements DesktopShell {
  readonly #bridge: DesktopBridge
  /** Waits for the shell to open a connection. */
  #opening: { open: () => void; fail: (reason: string) => void } | null = null
  #frame: ((frame: unknown) => void) | null = null
  /** Frames that came before somebody listened to them. */
  #early: unknown[] = []
  #closed: (() => void) | null = null
  #listener: ((message: ToWindow) => void) | null = null
  onResumed: () => void = () => undefined

  constructor(bridge: DesktopBridge) {
    this.#bridge = bridge
    bridge.on((message) => this.#receive(message))
  }

  post(message: ToShell): void {
    this.#bridge.post({ kind: 'shell', text: JSON.stringify(message) })
  }

  on(listener: (message: ToWindow) => void): void {
    this.#listener = listener
    this.post({ type: 'listening' })
  }

  connect(): Promise<Carrier> {
    this.#leave()
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => {
        clearTimeout(timer)
        this.#opening = null
        reject(new DiagnosticError('unreachable', `The engine does not answer: ${reason}.`))
      }
      const timer = setTimeout(() => fail('it did not start in time'), timeout)
      this.#opening = {
        fail,
        open: () => {
          clearTimeout(timer)
          this.#opening = null
          resolve(createFrameCarrier(this.#port(), { most: Infinity }))
        },
      }
      this.post({ type: 'connect' })
    })
  }

  #receive(message: Incoming): void {
    if (message.kind === 'open') this.#opening?.open()
    else if (message.kind === 'engine') {
      if (this.#frame) this.#frame(message.frame)
      else this.#early.push(message.frame)
    } else if (message.kind === 'closed') this.#leave()
    else this.#hear(message.text)
  }

  #hear(text: string): void {
    const message = validate(toWindow, JSON.parse(text), 'the shell')
    if (message.type === 'no-engine') this.#opening?.fail(message.reason)
    else if (message.type === 'resumed') this.onResumed()
    else this.#listener?.(message)
  }

  /** The connection of now, which ends when the next one is asked for. */
  #port(): FramePort {
    return {
      post: (frame) => this.#bridge.post({ kind: 'engine', frame }),
      onFrame: (receive) => {
        this.#frame = receive
        for (const frame of this.#early.splice(0)) receive(frame)
      },
      onClose: (closed) => (this.#closed = closed),
      close: () => {
        this.#bridge.post({ kind: 'disconnect' })
        this.#leave()
      },
    }
  }

  #leave(): void {
    const closed = this.#closed
    this.#closed = null
    this.#frame = null
    this.#early = []
    closed?.()
  }
}

/** Copying without the browser's permission, which the desktop denies to every page: the shell does it. */
export function copyThroughShell(shell: DesktopShell, clipboard: Clipboard): void {
  Object.defineProperty(clipboard, 'writeText', {
    value: (text: string) => {
      shell.post({ type: 'copy', text })
      return Promise.resolve()
    },
  })
}

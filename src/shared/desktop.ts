import * as v from 'valibot'

/**
 * What the window and the desktop shell say to each other beside the rpc, which has a port of its own to the engine.
 * The window's messages are JSON texts: their size is known before they are read.
 */

/** Characters of one message of the window; copied rows are the largest. */
export const mostToShell = 8 * 1024 * 1024

/** Something that the desktop gave the console to open. */
export const opened = v.variant('kind', [
  /** An `ssh://` link, as it was given. */
  v.strictObject({ kind: v.literal('address'), text: v.pipe(v.string(), v.maxLength(2_048)) }),
  /** A snapshot's absolute path. */
  v.strictObject({ kind: v.literal('snapshot'), path: v.pipe(v.string(), v.maxLength(4_096)) }),
])
export type Opened = v.InferOutput<typeof opened>

export const toShell = v.variant('type', [
  /** The window is ready for a connection to the engine; one that it had is void. */
  v.strictObject({ type: v.literal('connect') }),
  /** The window listens: what was opened before it was there may come. */
  v.strictObject({ type: v.literal('listening') }),
  /** Puts a text in the clipboard, which the window itself may not touch. */
  v.strictObject({ type: v.literal('copy'), text: v.string() }),
  /** Asks for a snapshot file with the system's dialog. */
  v.strictObject({ type: v.literal('choose-snapshot') }),
])
export type ToShell = v.InferOutput<typeof toShell>

export const command = v.picklist(['connect', 'keys', 'reconnect'])
export type Command = v.InferOutput<typeof command>

export const toWindow = v.variant('type', [
  /** There is no engine to connect to, and why. */
  v.strictObject({ type: v.literal('no-engine'), reason: v.string() }),
  v.strictObject({ type: v.literal('opened'), opened }),
  /** Chosen in the menu. */
  v.strictObject({ type: v.literal('command'), command }),
  /** The machine wakes up: connections may be dead. */
  v.strictObject({ type: v.literal('resumed') }),
])
export type ToWindow = v.InferOutput<typeof toWindow>

/** Name of the preload's link in the window. */
export const bridgeName = 'xcpDesktop'

/** Channels between the preload and the main process. Nothing else is listened to. */
export const channels = {
  /** JSON of a `ToShell`, or of a `ToWindow`. */
  link: 'xcp-link',
  /** Absolute paths of files that were dropped on the window; the page itself cannot send them. */
  dropped: 'xcp-dropped',
  /** Brings the window a port to the engine. */
  engine: 'xcp-engine',
} as const

/** What the window posts to the preload's link. */
export type Outgoing =
  | { readonly kind: 'engine'; readonly frame: string | Uint8Array }
  | { readonly kind: 'disconnect' }
  | { readonly kind: 'shell'; readonly text: string }

/** What the preload's link tells the window. */
export type Incoming =
  | { readonly kind: 'open' }
  | { readonly kind: 'engine'; readonly frame: string | Uint8Array }
  | { readonly kind: 'closed' }
  | { readonly kind: 'shell'; readonly text: string }

/** All that the window gets of the desktop. */
export interface DesktopBridge {
  post(message: Outgoing): void
  /** Sets the listener; there is one. */
  on(listener: (message: Incoming) => void): void
}

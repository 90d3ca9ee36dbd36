import type { WatchPolicy } from '@shared/watch'
import type { ServerLimits } from '../server/limits'

/** Every limit of the loopback shell. Bytes and milliseconds; each has its test. */
export interface ShellLimits {
  readonly server: ServerLimits
  readonly headers: number
  /** Body of POST /session. */
  readonly sessionBytes: number
  /** Tabs that may hold a session; the one unused for longest makes room. */
  readonly sessions: number
  readonly tokens: { readonly lifetime: number; readonly pending: number }
  /** Wrong tokens or sessions at POST /session. */
  readonly attempts: { readonly burst: number; readonly refill: number }
  readonly sockets: {
    /** WebSockets that the engine serves at a time, of all tabs. */
    readonly open: number
    /** Waiting for an engine that is being started. */
    readonly held: number
    readonly holdTime: number
    /** For the engine to take a connection that it was sent. */
    readonly adoption: WatchPolicy
    /** What a client may send before it has the server's answer. */
    readonly earlyBytes: number
  }
}

export const shellLimits: ShellLimits = {
  server: {
    headBytes: 16 * 1024,
    headTime: 5_000,
    requestTime: 10_000,
    keepAlive: 5_000,
    connections: 64,
  },
  headers: 64,
  sessionBytes: 4 * 1024,
  sessions: 32,
  tokens: { lifetime: 10 * 60_000, pending: 16 },
  attempts: { burst: 10, refill: 1_000 },
  sockets: {
    open: 32,
    held: 16,
    holdTime: 5_000,
    adoption: { interval: 1_000, missed: 15 },
    earlyBytes: 64 * 1024,
  },
}

/** Limits of one WebSocket, enforced by the engine's process. */
export interface CarrierLimits {
  /** Of a message from the window: requests are small. */
  readonly messageBytes: number
  /** Sent and not yet taken by the window; credit keeps it far below. */
  readonly bufferedBytes: number
  readonly pingInterval: number
  /** Pings in a row without an answer. */
  readonly missedPongs: number
}

export const carrierLimits: CarrierLimits = {
  messageBytes: 1024 * 1024,
  bufferedBytes: 32 * 1024 * 1024,
  pingInterval: 10_000,
  missedPongs: 2,
}

/**
 * What the rpc needs of a connection: whole messages both ways, in order.
 * In-memory pair, WebSocket and MessagePort all have this shape, and the preload's link too.
 */
export interface Carrier {
  post(message: unknown): void
  /** Sets the receiver of messages; one at a time. */
  onMessage(receive: (message: unknown) => void): void
  /** Called once when the other side is gone, for whatever reason. */
  onClose(closed: (reason: string) => void): void
  close(): void
}

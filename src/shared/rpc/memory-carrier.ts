import type { Carrier } from './carrier'
import { decodeMessage, encodeMessage } from './wire'

/** Two joined carriers in one process. Messages pass the real wire format, so that nothing works here only. */
export function createCarrierPair(): [Carrier, Carrier] {
  const left = new MemoryCarrier()
  const right = new MemoryCarrier()
  left.peer = right
  right.peer = left
  return [left, right]
}

class MemoryCarrier implements Carrier {
  peer: MemoryCarrier | null = null
  #receive: ((message: unknown) => void) | null = null
  #closed: ((reason: string) => void) | null = null

  post(message: unknown): void {
    const frame = encodeMessage(message)
    // A task of its own, as on real carriers: chained microtasks would starve timers.
    setTimeout(() => this.peer?.deliver(decodeMessage(frame)), 0)
  }

  onMessage(receive: (message: unknown) => void): void {
    this.#receive = receive
  }

  onClose(closed: (reason: string) => void): void {
    this.#closed = closed
  }

  close(): void {
    const other = this.peer
    this.peer = null
    other?.close()
    const closed = this.#closed
    this.#closed = null
    if (closed) setTimeout(() => closed('closed'), 0)
  }

  deliver(message: unknown): void {
    this.#receive?.(message)
  }
}

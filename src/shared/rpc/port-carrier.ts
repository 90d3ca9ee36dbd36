import type { Carrier } from './carrier'

/** What MessagePorts of browsers, Node and Electron's preload have in common. */
export interface PortLike {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: () => void): void
  start(): void
  close(): void
}

/** A carrier over a MessagePort: structured clone moves typed arrays as they are, so there is no codec. */
export function createPortCarrier(port: PortLike): Carrier {
  return {
    post: (message) => port.postMessage(message),
    onMessage(receive) {
      port.addEventListener('message', (event) => receive(event.data))
      port.start()
    },
    onClose: (closed) => port.addEventListener('close', () => closed('the port was closed')),
    close: () => port.close(),
  }
}

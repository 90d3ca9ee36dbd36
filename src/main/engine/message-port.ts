import type { FramePort } from '@shared/rpc/frame-carrier'

/** What is used of Electron's MessagePortMain, which main and utility processes have. */
export interface MainPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  postMessage(message: unknown): void
  start(): void
  close(): void
}

export function framePortOf(port: MainPort): FramePort {
  return {
    post: (frame) => port.postMessage(frame),
    onFrame(receive) {
      port.on('message', ({ data }) => receive(data))
      port.start()
    },
    onClose: (closed) => void port.on('close', closed),
    close: () => port.close(),
  }
}

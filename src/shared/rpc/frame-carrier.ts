import { DiagnosticError } from '../errors'
import type { Carrier } from './carrier'
import { decodeMessage, encodeMessage, type Frame } from './wire'

/** A way that moves whole frames in order, as MessagePorts do. */
export interface FramePort {
  post(frame: Frame): void
  /** Sets the receiver and lets frames come; one at a time. */
  onFrame(receive: (frame: unknown) => void): void
  onClose(closed: () => void): void
  close(): void
}

export interface FrameLimits {
  /** Of one frame that is received: characters of a text, bytes of a binary one. */
  readonly most: number
  /** Hears why a frame ended the connection, without what was in it. */
  readonly onRefused?: (error: DiagnosticError) => void
}

/**
 * A carrier over frames: what comes in has a size that is known before it is read, and a depth that its sender
 * checked. A frame that is too large or cannot be read ends the connection: what follows it has no meaning.
 */
export function createFrameCarrier(port: FramePort, { most, onRefused }: FrameLimits): Carrier {
  let closed: ((reason: string) => void) | undefined
  let reason: string | undefined
  const finish = (why: string): void => {
    if (reason !== undefined) return
    reason = why
    port.close()
    closed?.(why)
  }
  port.onClose(() => finish('the port was closed'))
  return {
    post(message) {
      if (reason === undefined) port.post(encodeMessage(message))
    },
    onMessage(receive) {
      port.onFrame((frame) => {
        if (reason !== undefined) return
        let message: unknown
        try {
          message = decodeMessage(checkedFrame(frame, most))
        } catch (error) {
          const refusal =
            error instanceof DiagnosticError
              ? error
              : new DiagnosticError('bad-data', 'A frame cannot be read.')
          onRefused?.(refusal)
          finish(refusal.message)
          return
        }
        receive(message)
      })
    },
    onClose(tell) {
      closed = tell
      const ended = reason
      if (ended !== undefined) queueMicrotask(() => tell(ended))
    },
    close: () => finish('this side closed it'),
  }
}

function checkedFrame(frame: unknown, most: number): string | Uint8Array {
  if (typeof frame !== 'string' && !(frame instanceof Uint8Array)) {
    throw new DiagnosticError('bad-data', 'A frame is neither text nor bytes.')
  }
  if (frame.length > most) throw new DiagnosticError('limit-exceeded', `A frame is larger than ${most}.`)
  return frame
}

import type { SwitchPath } from './requests'

/** A way to put the two requests to a switch. */
export interface SwitchReader {
  /** What it is, for the findings: "its socket, forwarded". */
  readonly how: string
  /** Whether a request may leave before the one before it was answered. */
  readonly pipelines: boolean
  /** The body of the answer. Rejects with `connection-lost` when the switch went away, also before it answered. */
  get(path: SwitchPath, signal: AbortSignal): Promise<Uint8Array>
  close(): void
}

/** Milliseconds that an answer may take beyond what was asked to be waited for. */
export const answerGrace = 10_000

/** Bytes of an answer; `GET /` holds all that waits in all queues. */
export const maxAnswer = 256 * 2 ** 20

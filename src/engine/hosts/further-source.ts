import { isAborted, toWireError } from '@shared/errors'
import type { Finding } from '@shared/model/host'
import type { Clock } from '../clock'
import { reconnectDelays } from '../transports/common/reconnect'
import type { RunningSource, SourceDescriptor } from '../sources/source'

export interface FurtherSourceOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** From [0, 1). */
  readonly random: () => number
  /** Why it does not run just now; null when it does. */
  readonly onTrouble: (trouble: Finding | null) => void
}

/**
 * Keeps a source running that the host can do without: where it fails it is told among the findings and opened
 * again, later and later, while everything else goes on. Ends with the signal.
 */
export async function keepSourceRunning(
  descriptor: Pick<SourceDescriptor, 'kind' | 'title'>,
  open: () => Promise<RunningSource>,
  { clock, signal, random, onTrouble }: FurtherSourceOptions,
): Promise<void> {
  let delays = reconnectDelays(random)
  while (!isAborted(signal)) {
    let running: RunningSource | null = null
    const started = clock.monotonic()
    try {
      running = await open()
      onTrouble(null)
      await running.done
    } catch (error) {
      if (isAborted(signal)) break
      onTrouble(troubleOf(descriptor, error))
    } finally {
      await running?.close().catch(() => undefined)
    }
    if (clock.monotonic() - started > 60_000) delays = reconnectDelays(random)
    await clock.sleep(delays.next().value, signal)
  }
}

/** What went wrong with a source, among the findings. */
export function troubleOf(
  { kind, title }: Pick<SourceDescriptor, 'kind' | 'title'>,
  error: unknown,
): Finding {
  const { message, hint } = toWireError(error)
  return { source: kind, subject: title, available: false, detail: hint ? `${message} ${hint}` : message }
}

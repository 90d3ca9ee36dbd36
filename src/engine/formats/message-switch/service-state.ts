import type { Queue } from './model'

/** As `message-cli diagnostics` classifies queues. */
export type ServiceState =
  /** Nobody has listened since the switch started. */
  | { readonly state: 'never-started' }
  | { readonly state: 'listening' }
  /** Crashed or deadlocked: it should have asked again `overdue` nanoseconds ago. */
  | { readonly state: 'unresponsive'; readonly overdue: bigint }

const assumedDeadAfter = 30_000_000_000n

/** `currentTime`: of the same diagnostics. A dead service shows up to 60 s after it last asked. */
export function serviceState(queue: Queue, currentTime: bigint): ServiceState {
  const expected = queue.nextTransferExpected
  if (expected === null) return { state: 'never-started' }
  const overdue = currentTime - expected
  return overdue > assumedDeadAfter ? { state: 'unresponsive', overdue } : { state: 'listening' }
}

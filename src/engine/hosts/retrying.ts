import type { ErrorCode, WireError } from '@shared/errors'
import type { ConnectStage } from '@shared/model/connection'

/** What the same attempt would meet again. */
const final: readonly ErrorCode[] = [
  'authentication-failed',
  'identity-refused',
  'not-supported',
  'bad-request',
  'permission-denied',
  // By the person, in a dialog: asking again would not let them go.
  'cancelled',
]

/** Of our own files and of what the server is: a key that is damaged stays damaged. */
const finalAtSignIn: readonly ErrorCode[] = ['bad-data', 'limit-exceeded', 'not-found', 'conflict']

/**
 * A refusal stays a refusal; a fault of the network or the host may pass. `stage` is where it failed, null before
 * the first one, where only the person's own configuration is read.
 */
export function worthRetrying(error: WireError | null, stage: ConnectStage | null): boolean {
  if (error === null) return true
  if (final.includes(error.code)) return false
  const atSignIn = stage === null || stage === 'identity' || stage === 'authenticate'
  return !(atSignIn && finalAtSignIn.includes(error.code))
}

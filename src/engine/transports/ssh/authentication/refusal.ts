import { SshConnectError } from '../failures'
import { targetText, type SshTarget } from '../target'

/** One thing that was tried, or could not be, in the order of trying. */
export interface Attempt {
  /** "key id_ed25519", "agent (3 keys)", "password". */
  readonly what: string
  /** "refused", or why it was not sent at all. */
  readonly outcome: string
}

/** Names of the methods as the server gives them; null before it said anything. */
export type AcceptedMethods = readonly string[] | null

export function refusal(
  hop: SshTarget,
  attempts: readonly Attempt[],
  accepted: AcceptedMethods,
  partly: boolean,
): SshConnectError {
  const tried =
    attempts.length === 0
      ? 'nothing was tried'
      : `tried: ${attempts.map(({ what, outcome }) => `${what} (${outcome})`).join(', ')}`
  const left = accepted && accepted.length > 0 ? `it accepts: ${accepted.join(', ')}` : undefined
  const begin = partly
    ? `${targetText(hop)} asks for a further proof`
    : `${targetText(hop)} did not let us in`
  return new SshConnectError(
    'authenticate',
    hop,
    'authentication-failed',
    `${begin}; ${[tried, left].filter((part) => part !== undefined).join('; ')}.`,
    { hint: hintFor(attempts, accepted ?? [], hop) },
  )
}

function hintFor(attempts: readonly Attempt[], accepted: readonly string[], hop: SshTarget): string {
  const wasTried = (what: string): boolean => attempts.some((attempt) => attempt.what.startsWith(what))
  const keysRefused = attempts.some(
    ({ what, outcome }) => /^(?:key|agent)/.test(what) && outcome === 'refused',
  )
  if (accepted.length === 1 && accepted[0] === 'publickey' && !keysRefused) {
    return 'The server takes keys only: choose a key file, or load the key into the agent with ssh-add.'
  }
  if (keysRefused) {
    return `The public half of the key must be in ~/.ssh/authorized_keys of ${hop.user} on the host: ssh-copy-id ${hop.user}@${hop.host}`
  }
  if (wasTried('password') || wasTried('keyboard-interactive')) {
    return 'Check the user name and the password; the account may be locked, or not allowed to sign in by SSH.'
  }
  return 'Choose a method that the server accepts.'
}

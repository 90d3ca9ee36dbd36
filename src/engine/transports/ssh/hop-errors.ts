import { DiagnosticError } from '@shared/errors'
import { excerpt, SshConnectError } from './failures'
import type { SshStage } from './options'
import { endpointText, targetText, type SshTarget } from './target'

/** What went wrong with one hop, from what the library and the server said. */
export interface HopTrouble {
  readonly target: SshTarget
  readonly stage: SshStage
  /** The last error of the library, where it gave one. */
  readonly error: Error | undefined
  /** The first that the server said. */
  readonly greeting: string
  /** Whether the server has presented its key. */
  readonly answered: boolean
}

export function lateError({ target, stage, answered }: HopTrouble, milliseconds: number): SshConnectError {
  const seconds = milliseconds / 1000
  if (stage === 'authenticate') {
    return new SshConnectError(
      stage,
      target,
      'timeout',
      `${endpointText(target)} did not answer the sign-in within ${seconds} s.`,
      { hint: 'The host may be overloaded, or wait for a directory service (LDAP, DNS) itself.' },
    )
  }
  return new SshConnectError(
    stage,
    target,
    'timeout',
    `${endpointText(target)} accepted the connection, but did not ${answered ? 'finish' : 'begin'} the SSH handshake within ${seconds} s.`,
    { hint: 'Check that an SSH server listens on this port, and that it is not stuck.' },
  )
}

/** Why the connection ended before anybody was signed in. */
export function closedError(trouble: HopTrouble): SshConnectError {
  const { target, stage, error, greeting } = trouble
  if (error instanceof SshConnectError) return error
  const message = error?.message ?? ''
  const where = endpointText(target)
  if (message.includes('no matching')) return noMatch(trouble, message)
  const isSsh = greeting === '' || /^SSH-|MaxStartups|Not allowed/m.test(greeting)
  if (stage === 'connect' && !isSsh) {
    return new SshConnectError(
      stage,
      target,
      'bad-data',
      `${where} does not speak SSH. It said: ${excerpt(greeting, 80)}`,
      { hint: 'Check the port: another service listens there.', cause: error },
    )
  }
  if (stage === 'connect' && error !== undefined && !message.includes('before handshake')) {
    return new SshConnectError(
      stage,
      target,
      'bad-data',
      `The SSH handshake with ${where} failed: ${excerpt(message)}.`,
      { hint: 'Something between may alter the data, or the SSH server is broken.', cause: error },
    )
  }
  if (stage === 'connect') return dropped(trouble)
  if (stage === 'identity' && /signature|Handshake failed/i.test(message)) {
    return new SshConnectError(
      stage,
      target,
      'identity-refused',
      `${where} could not prove that it holds the key that it presented.`,
      { hint: 'Somebody else may answer in its place. Do not connect before you know.', cause: error },
    )
  }
  if (stage === 'identity') {
    return new SshConnectError(
      stage,
      target,
      'connection-lost',
      `${where} closed the connection while its identity was being decided.`,
      { hint: 'Servers wait a limited time (LoginGraceTime). Connect again; decide sooner.', cause: error },
    )
  }
  return new SshConnectError(
    stage,
    target,
    'connection-lost',
    `${where} closed the connection during the sign-in${message ? `: ${excerpt(message)}` : ''}.`,
    { hint: 'Servers wait a limited time for the sign-in (LoginGraceTime). Try again.', cause: error },
  )
}

/** The server hung up before it said who it is. */
function dropped({ target, stage, error }: HopTrouble): SshConnectError {
  return new SshConnectError(
    stage,
    target,
    'unreachable',
    `${endpointText(target)} closed the connection before the SSH handshake.`,
    {
      hint: 'It may have too many connections that are not signed in yet (MaxStartups), or a rule that bars this machine.',
      cause: error,
      mayRetry: true,
    },
  )
}

function noMatch({ target, stage, error }: HopTrouble, message: string): SshConnectError {
  const what = /no matching (.+)/.exec(message)?.[1] ?? 'algorithm'
  return new SshConnectError(
    stage,
    target,
    'not-supported',
    `${endpointText(target)} and this console have no ${excerpt(what)} in common.`,
    {
      hint: 'The server knows only outdated algorithms (SHA-1, CBC), which are not used here. Update its SSH server, or allow newer ones in its sshd_config.',
      cause: error,
    },
  )
}

export function tooManyAttempts(refused: SshConnectError): SshConnectError {
  return new SshConnectError('authenticate', refused.hop, refused.code, refused.message, {
    hint: 'The server ended the sign-in after too many attempts (MaxAuthTries): offer fewer keys; choose the one that is meant.',
  })
}

/** Why an established connection ended. */
export function lostError(target: SshTarget, error: Error | undefined): DiagnosticError {
  if (error instanceof DiagnosticError) return error
  const reason = error === undefined ? 'the other side closed it' : excerpt(error.message)
  return new DiagnosticError(
    'connection-lost',
    `The connection to ${targetText(target)} was lost: ${reason}.`,
    {
      where: targetText(target),
      hint: 'The host may have restarted, or the network between failed.',
      cause: error,
    },
  )
}

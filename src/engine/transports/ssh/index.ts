import type { SshConnectOptions } from './options'
import type { SshTransport } from './ssh-transport'
import type { SshTarget } from './target'

export type {
  AskPerson,
  AuthenticationMethod,
  Prompt,
  Question,
  SshAuthentication,
} from './authentication/methods'
export type { ClockOffset } from './clock-offset'
export { SshConnectError } from './failures'
export type { Negotiated } from './hop'
export type {
  HostIdentity,
  IdentityVerdict,
  Keepalive,
  SshConnectOptions,
  SshStage,
  SshTimeouts,
} from './options'
export type { SshEnding, SshFacts, SshTransport } from './ssh-transport'
export { endpointText, hopsOf, targetText, type SshTarget } from './target'

/**
 * Connects to a host by SSH, through its jump hosts. Stages are reported as they happen; the identity of each
 * host is decided before anything is tried to sign in. Rejects with an SshConnectError that names the hop and
 * the stage. The library is loaded at the first use.
 */
export async function connectSsh(target: SshTarget, options: SshConnectOptions): Promise<SshTransport> {
  const { connect } = await import('./connect')
  return connect(target, options)
}

import type { AskPerson, SshAuthentication } from './authentication/methods'
import type { SshTarget } from './target'

/** In this order for each hop; `discover` begins with the last hop signed in. */
export type SshStage = 'resolve' | 'connect' | 'identity' | 'authenticate' | 'discover'

/** The key with which a host presents itself, before anything was sent to it. */
export interface HostIdentity {
  readonly hop: SshTarget
  /** `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256`, ... */
  readonly keyType: string
  readonly keyBlob: Uint8Array
  /** `SHA256:...`, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string
}

export type IdentityVerdict =
  | {
      readonly accepted: true
      /**
       * Called once the host has proven that it holds the private half. A key must not be written to
       * `known_hosts` before that.
       */
      readonly proven?: (() => void) | undefined
    }
  | { readonly accepted: false; readonly reason: string; readonly hint?: string | undefined }

/** A dead peer is seen `interval * (count + 1)` milliseconds after its last sign of life. */
export interface Keepalive {
  readonly interval: number
  readonly count: number
}

export interface SshTimeouts {
  readonly resolve: number
  /** TCP, for all addresses of the name together. */
  readonly connect: number
  /** From the open connection to the host's key, and from the verdict to the end of the handshake. */
  readonly handshake: number
  /** For one answer of the server while signing in; the person's time does not count. */
  readonly authenticate: number
}

export interface SshConnectOptions {
  /** Ends the attempt; a connection that is established is ended with `close`. */
  readonly signal?: AbortSignal | undefined
  /** What to sign in with, for each hop. */
  readonly authentication:
    SshAuthentication | ((hop: SshTarget) => SshAuthentication | Promise<SshAuthentication>)
  /**
   * Decides before any authentication attempt whether this is the right host. It may take as long as a
   * person takes; the signal says that the attempt has ended meanwhile.
   */
  readonly verifyIdentity: (identity: HostIdentity, signal: AbortSignal) => Promise<IdentityVerdict>
  /** Asks a person for passphrases, passwords and codes; without it nothing is asked. */
  readonly ask?: AskPerson | undefined
  readonly onStage?: ((stage: SshStage, hop: SshTarget) => void) | undefined
  /** Text that the host shows before the sign-in; untrusted. */
  readonly onBanner?: ((text: string, hop: SshTarget) => void) | undefined
  /** Reorders the host key algorithms, so that a known key is the one presented. */
  readonly hostKeyAlgorithms?:
    ((hop: SshTarget, algorithms: readonly string[]) => readonly string[]) | undefined
  readonly keepalive?: Partial<Keepalive> | undefined
  /** For all hops, or for each. */
  readonly timeouts?: Partial<SshTimeouts> | ((hop: SshTarget) => Partial<SshTimeouts>) | undefined
  /**
   * Compresses what goes over the line. Figures that change little then take a tenth of the bytes, and cost the
   * host half as much CPU again; for slow lines. Default false.
   */
  readonly compression?: boolean | undefined
  /** Channels that may be open at the same time; default 4. */
  readonly maxChannels?: number | undefined
}

export const defaultKeepalive: Keepalive = { interval: 5_000, count: 3 }

export const defaultTimeouts: SshTimeouts = {
  resolve: 10_000,
  connect: 15_000,
  handshake: 15_000,
  authenticate: 30_000,
}

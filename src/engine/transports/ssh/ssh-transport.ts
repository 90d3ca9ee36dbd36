import type { DiagnosticError } from '@shared/errors'
import type { Transport } from '../transport'
import type { ClockOffset } from './clock-offset'
import type { Negotiated } from './hop'

/** Why a connection ended. */
export type SshEnding =
  { readonly kind: 'closed' } | { readonly kind: 'lost'; readonly error: DiagnosticError }

/** What was found out about a host while connecting. */
export interface SshFacts {
  /** How files are read: by SFTP, by a shell that stays, or not at all. */
  readonly files: 'sftp' | 'shell' | 'none'
  /** Why not by SFTP; null where it is. */
  readonly filesReason: DiagnosticError | null
  /** Why the host runs no commands for this account; null where it does. */
  readonly commandsReason: DiagnosticError | null
  /** Sessions that may be open at the same time. */
  readonly sessions: number
}

export interface SshTransport extends Transport {
  readonly kind: 'ssh'
  readonly negotiated: Negotiated
  /** As it is now: the number of sessions may turn out smaller. */
  readonly facts: SshFacts
  /** Measured after connecting and every few minutes; null before, and where the host cannot tell. */
  clockOffset(): ClockOffset | null
  /** Settles once; never rejects. */
  readonly ended: Promise<SshEnding>
}

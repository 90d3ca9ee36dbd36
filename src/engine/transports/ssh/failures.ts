import { DiagnosticError, type ErrorCode } from '@shared/errors'
import type { SshStage } from './options'
import { targetText, type SshTarget } from './target'

export { cancelled, failure, timedOut, type Subject } from '../common/failures'

export const errorOf = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown))

/** A connection attempt that failed: at which hop, and at which stage of it. */
export class SshConnectError extends DiagnosticError {
  readonly stage: SshStage
  readonly hop: SshTarget
  /** The server dropped us before it said anything: it may have too many of us at once. */
  readonly mayRetry: boolean

  constructor(
    stage: SshStage,
    hop: SshTarget,
    code: ErrorCode,
    message: string,
    details: { hint?: string | undefined; cause?: unknown; mayRetry?: boolean } = {},
  ) {
    super(code, message, { where: `${targetText(hop)}, ${stage}`, hint: details.hint, cause: details.cause })
    this.stage = stage
    this.hop = hop
    this.mayRetry = details.mayRetry ?? false
  }
}

const longestExcerpt = 300

/** Text of the host for an error or a prompt: one line, no control or bidirectional characters, short. */
export function excerpt(text: string, longest = longestExcerpt): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
  return line.length > longest ? `${line.slice(0, longest)}...` : line
}

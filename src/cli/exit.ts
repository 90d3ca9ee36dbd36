import { DiagnosticError, type ErrorCode } from '@shared/errors'

/** What the program ends with; `--help` lists them. */
export const exitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  identityRefused: 4,
  authenticationFailed: 5,
  interrupted: 130,
} as const
export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** Ends the program: what happened, at which stage of connecting, and the code for the calling script. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: ExitCode
  readonly error: DiagnosticError
  readonly stage: string | null

  constructor(code: ExitCode, error: DiagnosticError, stage: string | null = null) {
    super(error.message, { cause: error })
    this.code = code
    this.error = error
    this.stage = stage
  }
}

const beforeSignIn: ReadonlySet<string> = new Set(['resolve', 'connect', 'identity'])
const notThere: ReadonlySet<ErrorCode> = new Set(['unreachable', 'timeout', 'connection-lost'])

/** A host's error as a failure: refusals have codes of their own, all that kept the host out of reach is one. */
export function failureAt(stage: string | null, error: DiagnosticError): Failure {
  return new Failure(codeOf(stage, error.code), error, stage)
}

function codeOf(stage: string | null, code: ErrorCode): ExitCode {
  if (code === 'identity-refused') return exitCode.identityRefused
  if (code === 'authentication-failed') return exitCode.authenticationFailed
  if (notThere.has(code)) return exitCode.unreachable
  return code === 'not-found' && stage !== null && beforeSignIn.has(stage)
    ? exitCode.unreachable
    : exitCode.failed
}

/** Any thrown value as a failure. */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown
  if (thrown instanceof DiagnosticError) return failureAt(null, thrown)
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new Failure(exitCode.failed, new DiagnosticError('internal', message, { cause: thrown }))
}

export const usageFailure = (message: string, hint?: string): Failure =>
  new Failure(exitCode.usage, new DiagnosticError('bad-request', message, { hint }))

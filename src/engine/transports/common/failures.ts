import { DiagnosticError, type ErrorCode } from '@shared/errors'

/** What an operation was about, for its errors. */
export interface Subject {
  /** Begins a sentence: "Reading /proc/stat". */
  readonly doing: string
  /** The host, path, address or command. */
  readonly where: string
  /** What to do about it, by kind of failure. */
  readonly hints?: Partial<Record<ErrorCode, string>> | undefined
}

export function failure(
  code: ErrorCode,
  message: string,
  subject: Subject,
  cause?: unknown,
): DiagnosticError {
  return new DiagnosticError(code, message, { where: subject.where, hint: subject.hints?.[code], cause })
}

export const timedOut = (subject: Subject, milliseconds: number): DiagnosticError =>
  failure('timeout', `${subject.doing} took longer than ${milliseconds / 1000} s.`, subject)

/** The caller's reason where it is one of ours, else `cancelled`. */
export const cancelled = (subject: Subject, signal: AbortSignal): DiagnosticError =>
  signal.reason instanceof DiagnosticError
    ? signal.reason
    : failure('cancelled', `${subject.doing} was cancelled.`, subject)

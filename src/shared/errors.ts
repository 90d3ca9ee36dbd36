import * as v from 'valibot'

/** Stable codes: programs and tests rely on them, people read the message. */
export const errorCode = v.picklist([
  'bad-request',
  'not-found',
  'not-supported',
  'conflict',
  'timeout',
  'cancelled',
  'unreachable',
  'permission-denied',
  'authentication-failed',
  'identity-refused',
  'connection-lost',
  'limit-exceeded',
  'bad-data',
  'command-failed',
  'internal',
])
export type ErrorCode = v.InferOutput<typeof errorCode>

export interface WireError {
  code: ErrorCode
  /** What happened, for a person. */
  message: string
  /** Where: a file, an address, the path of a bad value. */
  where?: string | undefined
  /** What to do about it. */
  hint?: string | undefined
  cause?: WireError | undefined
}

export const wireError: v.GenericSchema<WireError> = v.object({
  code: errorCode,
  message: v.string(),
  where: v.optional(v.string()),
  hint: v.optional(v.string()),
  cause: v.optional(v.lazy(() => wireError)),
})

export interface ErrorDetails {
  where?: string | undefined
  hint?: string | undefined
  cause?: unknown
}

/** The console's own error: says what happened, where, and what to do; survives the wire with its causes. */
export class DiagnosticError extends Error {
  override readonly name = 'DiagnosticError'
  readonly code: ErrorCode
  readonly where: string | undefined
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.where = details.where
    this.hint = details.hint
  }
}

const maxCauses = 8

/** Any thrown value as plain data. Stacks and foreign fields stay behind: they could hold secrets. */
export function toWireError(thrown: unknown, depth = 0): WireError {
  const wire: WireError =
    thrown instanceof DiagnosticError
      ? { code: thrown.code, message: thrown.message }
      : { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) }
  if (thrown instanceof DiagnosticError) {
    if (thrown.where !== undefined) wire.where = thrown.where
    if (thrown.hint !== undefined) wire.hint = thrown.hint
  }
  if (thrown instanceof Error && thrown.cause !== undefined && depth < maxCauses) {
    wire.cause = toWireError(thrown.cause, depth + 1)
  }
  return wire
}

export function fromWireError(wire: WireError): DiagnosticError {
  return new DiagnosticError(wire.code, wire.message, {
    where: wire.where,
    hint: wire.hint,
    cause: wire.cause && fromWireError(wire.cause),
  })
}

/** A function, because the compiler believes that a signal's `aborted` cannot change during an await. */
export const isAborted = (signal: AbortSignal): boolean => signal.aborted

/** The error of a signal that was aborted: its reason if that is one of ours, else `cancelled`. */
export function abortError(signal: AbortSignal): DiagnosticError {
  return signal.reason instanceof DiagnosticError
    ? signal.reason
    : new DiagnosticError('cancelled', 'The operation was cancelled.')
}

/** What is wrong with a value, without the value: it may be a secret in the wrong place. */
function faultOf({ kind, message, received, input }: v.BaseIssue<unknown>): string {
  // Of a type that fits only texts can be secrets; a number out of its bounds is worth knowing.
  const isPrimitive = ['string', 'number', 'bigint', 'boolean'].includes(typeof input)
  const tells = kind === 'schema' ? isPrimitive : typeof input === 'string' && received.startsWith('"')
  return tells ? message.replace(received, () => `a ${typeof input}`) : message
}

/** Parses with a validator; a bad value is refused with its path. The value itself is not repeated. */
export function validate<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  subject: string,
): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const issue = result.issues[0]
  const path = v.getDotPath(issue)
  throw new DiagnosticError('bad-request', `${subject} is not valid: ${faultOf(issue)}`, {
    where: path ? `${subject}.${path}` : subject,
  })
}

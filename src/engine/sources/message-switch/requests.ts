/**
 * The two requests that this source can make, and no other: everything else that message-switch understands
 * changes it (`POST /transfer` looks like a read and makes a dead service look alive).
 */
export type SwitchPath = '/' | `/trace/${bigint}/${number}`

export const queuesPath: SwitchPath = '/'

/**
 * Events from an id on. The switch answers at once when it has one, otherwise after `seconds`; from -1 it answers
 * at once with what it has kept.
 */
export const tracePath = (from: bigint, seconds: number): SwitchPath => `/trace/${from}/${seconds}`

/** Milliseconds that the switch may keep a request waiting. */
export const waitOf = (path: SwitchPath): number => Number(path.split('/')[3] ?? 0) * 1_000

const allowed = /^\/(?:trace\/(?:-1|\d{1,19})\/\d{1,3}(?:\.\d{1,3})?)?$/

/** The bytes of a request. Throws for a path that is not one of the two, whatever the types said. */
export function requestBytes(path: SwitchPath): Buffer {
  if (!allowed.test(path)) throw new RangeError(`message-switch is only read: "${path}" is not asked for`)
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
}

/** The same for a program that makes the request. */
export function requestUrl(path: SwitchPath): string {
  if (!allowed.test(path)) throw new RangeError(`message-switch is only read: "${path}" is not asked for`)
  return `http://localhost${path}`
}

import { DiagnosticError, validate } from '@shared/errors'
import * as v from 'valibot'

/**
 * The way into the loopback shell: the launch token of the address is exchanged once for a session, which
 * the tab keeps, so that a reload works and no other tab or site can use it.
 */

const storageKey = 'xcp-diag.session'
const timeout = 10_000

/** A session travels as a WebSocket subprotocol: RFC 6455 allows few characters there. */
const sessionText = v.pipe(v.string(), v.regex(/^[\w-]{1,256}$/))
const answer = v.object({ session: sessionText })
/** RFC 9457: `detail` says what to do. */
const problem = v.object({ detail: v.pipe(v.string(), v.maxLength(500)) })

/** What the link needs of a page. */
export interface Page {
  readonly location: Pick<Location, 'hash' | 'pathname' | 'search' | 'origin'>
  readonly history: Pick<History, 'replaceState'>
  readonly sessionStorage: SessionPlace
}
export type SessionPlace = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** The launch token of the address, taken off it at once so that it stays in no history or screenshot. */
export function takeLaunchToken({ location, history }: Page): string | null {
  const [, token] = /^#token=([\w-]+)$/.exec(location.hash) ?? []
  if (token === undefined) return null
  history.replaceState(null, '', location.pathname + location.search)
  return token
}

export function storedSession(storage: SessionPlace): string | null {
  const stored = v.safeParse(sessionText, storage.getItem(storageKey))
  return stored.success ? stored.output : null
}

export function keepSession(storage: SessionPlace, session: string): void {
  storage.setItem(storageKey, session)
}

export function forgetSession(storage: SessionPlace): void {
  storage.removeItem(storageKey)
}

/** A new session for a launch token. Throws `authentication-failed` when it is refused, else `unreachable`. */
export function exchangeToken(origin: string, token: string): Promise<string> {
  return post(origin, { token })
}

/** Returns when the session still holds. Throws `authentication-failed` when it does not, else `unreachable`. */
export async function probeSession(origin: string, session: string): Promise<void> {
  await post(origin, { session })
}

async function post(origin: string, body: Record<string, string>): Promise<string> {
  const address = new URL('/session', origin)
  let response: Response
  try {
    response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    })
  } catch (cause) {
    throw new DiagnosticError('unreachable', 'The console does not answer.', { where: address.host, cause })
  }
  if (response.status === 401 || response.status === 403) {
    throw new DiagnosticError('authentication-failed', 'The console refused this address.', {
      where: address.host,
    })
  }
  const json: unknown = await response.json().catch(() => null)
  if (!response.ok) {
    const told = v.safeParse(problem, json)
    throw new DiagnosticError('unreachable', `The console answered ${response.status}.`, {
      where: address.host,
      hint: told.success ? told.output.detail : undefined,
    })
  }
  return validate(answer, json, 'POST /session').session
}

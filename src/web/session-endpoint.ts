import type { IncomingMessage, ServerResponse } from 'node:http'
import * as v from 'valibot'
import type { AttemptLimit } from '../server/attempt-limit'
import { readBody } from '../server/body'
import { securityHeaders } from '../server/headers'
import { problem, type Problem } from '../server/problem'
import type { OneUseTokens } from '../server/tokens'
import type { Sessions } from './sessions'

/** `token`: exchange a launch token for a session. `session`: is this one still valid? */
const question = v.union([
  v.strictObject({ token: v.pipe(v.string(), v.maxLength(256)) }),
  v.strictObject({ session: v.pipe(v.string(), v.maxLength(256)) }),
])

export interface SessionEndpointOptions {
  readonly tokens: OneUseTokens
  readonly sessions: Sessions
  readonly attempts: AttemptLimit
  readonly bodyBytes: number
}

/** Answers POST /session, or says why not. Access control has been passed. */
export async function answerSession(
  options: SessionEndpointOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Problem | undefined> {
  const { attempts, sessions } = options
  const body = await readBody(request, options.bodyBytes)
  if ('refusal' in body) return body.refusal
  const asked = v.safeParse(question, parseJson(body.text))
  if (!asked.success) return problem(400, 'The body must be {"token": "..."} or {"session": "..."}.')

  // Asked first: a token is not used up when there is no room.
  if ('token' in asked.output && !sessions.hasRoom) {
    return problem(503, 'All sessions are in use: close a tab of the console.', { 'Retry-After': '10' })
  }
  const session = exchange(options, asked.output)
  // Only a wrong one is ever limited: otherwise whoever sends wrong ones keeps everybody else out.
  if (session === null) return refuse(attempts)
  const answer = `${JSON.stringify({ session })}\n`
  response.writeHead(200, {
    ...securityHeaders(),
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(answer),
    'Cache-Control': 'no-store',
  })
  response.end(answer)
  return undefined
}

function refuse(attempts: AttemptLimit): Problem {
  const wait = attempts.wait()
  if (wait > 0) {
    const seconds = Math.ceil(wait / 1_000)
    return problem(429, `Too many wrong tokens; wait ${seconds} s.`, { 'Retry-After': seconds.toString() })
  }
  attempts.failed()
  return problem(
    401,
    'Used, expired or unknown. Press Enter in the terminal of the console for a new address.',
  )
}

function exchange(
  { tokens, sessions }: SessionEndpointOptions,
  asked: v.InferOutput<typeof question>,
): string | null {
  if ('session' in asked) return sessions.find(asked.session) ? asked.session : null
  return tokens.redeem(asked.token) ? sessions.open() : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { problem, sendProblem, writeProblem, type Problem } from '../server/problem'
import { describeRequest, type RefusalLog } from '../server/refusal-log'
import { sessionPath } from './protocol'
import type { RpcDoor } from './rpc-door'
import { answerSession, type SessionEndpointOptions } from './session-endpoint'
import { sessionOf, type ShellAccess } from './shell-access'

/** What the shell serves beside its two endpoints. The development server brings its own. */
export interface Assets {
  /** Answers a GET or HEAD that passed access control, or says why not. */
  serve(request: IncomingMessage, response: ServerResponse): Problem | undefined
  /** Whether an upgrade is its own affair, access control included. */
  ownsUpgrade?(request: IncomingMessage): boolean
}

export interface RouteOptions {
  readonly access: ShellAccess
  readonly session: SessionEndpointOptions
  readonly assets: Assets
  readonly rpcDoor: RpcDoor
  readonly refusals: RefusalLog
  /** A line for the terminal. */
  readonly log: (line: string) => void
}

/** Joins the server's requests with who answers them: access control first, always. */
export function route(server: Server, options: RouteOptions): void {
  const { access, assets, rpcDoor, refusals, log, session } = options

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<Problem | undefined> {
    const refusal = access.request(request)
    if (refusal) return refusal
    return request.url === sessionPath
      ? answerSession(session, request, response)
      : assets.serve(request, response)
  }

  server.on('request', (request, response) => {
    const what = describeRequest(request.method, request.url)
    answer(request, response)
      .catch((error: unknown) => {
        log(`${what} failed: ${String(error)}`)
        return problem(500, 'The console could not answer; its terminal says why.')
      })
      .then((refusal) => {
        if (!refusal) return
        refusals.add(refusal, what)
        sendProblem(response, refusal)
      })
      .catch((error: unknown) => log(`${what} failed: ${String(error)}`))
  })

  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    if (assets.ownsUpgrade?.(request)) return
    const refusal = access.upgrade(request)
    const entry = refusal ? { refusal } : sessionOf(request.rawHeaders, session.sessions)
    if ('session' in entry) {
      rpcDoor.enter(request, socket, head, entry.session)
      return
    }
    refusals.add(entry.refusal, describeRequest(request.method, request.url))
    writeProblem(socket, entry.refusal)
  })
}

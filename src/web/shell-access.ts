import {
  allOf,
  boundHost,
  fewHeaders,
  http11Only,
  jsonOnly,
  methods,
  noBody,
  originForm,
  ownOrigin,
  sameSite,
  type Check,
  type Door,
} from '../server/access'
import { headerList, headerValues } from '../server/headers'
import { problem, type Problem } from '../server/problem'
import { rpcPath, rpcProtocol, sessionPath, sessionProtocolPrefix } from './protocol'
import type { Session, Sessions } from './sessions'

/** What a request may be, before anything of it is looked at by anybody else. */
export interface ShellAccess {
  /** Everything that is not an upgrade. */
  readonly request: Check
  /** An upgrade, but for its session. */
  readonly upgrade: Check
}

export function shellAccess(door: Door, headers: number): ShellAccess {
  const always = allOf(http11Only, fewHeaders(headers), boundHost(door), originForm)
  const page = allOf(always, methods('GET', 'HEAD'), ownOrigin(door, false), sameSite(true), noBody)
  const session = allOf(always, methods('POST'), ownOrigin(door, true), sameSite(false), jsonOnly)
  const rpc = allOf(always, methods('GET'), ownOrigin(door, true), sameSite(false), noBody)
  return {
    request(facts) {
      if (facts.url === sessionPath) return session(facts)
      if (facts.url !== rpcPath) return page(facts)
      return rpc(facts) ?? problem(426, `${rpcPath} speaks WebSocket only.`, { Upgrade: 'websocket' })
    },
    upgrade(facts) {
      if (facts.url === rpcPath) return rpc(facts) ?? websocketHandshake(facts)
      return always(facts) ?? problem(400, `Only ${rpcPath} can be upgraded, to a WebSocket.`)
    },
  }
}

const websocketHandshake: Check = ({ rawHeaders }) => {
  const upgrades = headerList(rawHeaders, 'upgrade')
  if (upgrades.length !== 1 || upgrades[0]?.toLowerCase() !== 'websocket') {
    return problem(426, `${rpcPath} speaks WebSocket only.`, { Upgrade: 'websocket' })
  }
  const versions = headerValues(rawHeaders, 'sec-websocket-version')
  if (versions.length !== 1 || versions[0] !== '13') {
    return problem(426, 'Only version 13 of the WebSocket protocol is spoken.', {
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
    })
  }
  const keys = headerValues(rawHeaders, 'sec-websocket-key')
  return keys.length === 1 && /^[+/0-9A-Za-z]{22}==$/.test(keys[0] ?? '')
    ? undefined
    : problem(400, 'Exactly one Sec-WebSocket-Key of 16 bytes is needed.')
}

/** The session that an upgrade names. Its subprotocols must be exactly the two of the protocol. */
export function sessionOf(
  rawHeaders: readonly string[],
  sessions: Sessions,
): { readonly session: Session } | { readonly refusal: Problem } {
  const offered = headerList(rawHeaders, 'sec-websocket-protocol')
  const secrets = offered.filter((protocol) => protocol.startsWith(sessionProtocolPrefix))
  const [secret] = secrets
  if (!offered.includes(rpcProtocol) || offered.length !== secrets.length + 1 || secrets.length > 1) {
    return { refusal: problem(400, `The subprotocols must be ${rpcProtocol} and session.<value>.`) }
  }
  const session = secret && sessions.find(secret.slice(sessionProtocolPrefix.length))
  return session
    ? { session }
    : { refusal: problem(401, 'No valid session: open the console by a new address.') }
}

import {
  decodeByteString,
  isJsonList,
  isJsonObject,
  jsonMember,
  parseJsonTree,
  type ByteString,
  type JsonNode,
  type Message,
  type MessageId,
} from '@engine/formats/message-switch'
import { parseInt64, parseOcamlFloat } from './numbers'
import { percentDecode } from './request-uri'

/** What a request asks of the switch (`In.t` of xapi's protocol.ml). */
export type Operation =
  | { readonly type: 'diagnostics' }
  | { readonly type: 'shutdown' }
  | { readonly type: 'login'; readonly token: string }
  | { readonly type: 'persistent' | 'transient' | 'destroy'; readonly name: string }
  | { readonly type: 'list'; readonly prefix: string; readonly alive: boolean }
  | { readonly type: 'ack'; readonly id: MessageId }
  | { readonly type: 'trace'; readonly from: bigint; readonly timeout: number }
  | {
      readonly type: 'transfer'
      readonly from: bigint
      readonly timeout: number
      readonly queues: readonly string[]
    }
  | { readonly type: 'send'; readonly queue: string; readonly message: Message }

/** The switch answers 500: a number or JSON that it cannot read. */
export class UnreadableRequest extends Error {}

/** Null: there is no such request (404). */
export function parseOperation(
  method: string,
  segments: readonly string[],
  body: ByteString,
): Operation | null {
  const [root, verb = '', ...rest] = segments
  if (root !== '' || segments.length < 2) return null
  if (method === 'GET' && body === '') return parseGet(verb, rest)
  return method === 'POST' ? parsePost(verb, rest, body) : null
}

/** Of the switch's own web page. */
const pages: ReadonlySet<string> = new Set(['admin', 'js', 'css', 'images'])

function parseGet(verb: string, rest: readonly string[]): Operation | null {
  const [first = '', second = ''] = rest
  if (pages.has(verb)) throw new UnreadableRequest('its files are not installed')
  switch (`${verb}/${rest.length}`) {
    case '/0':
      return { type: 'diagnostics' }
    case 'login/1':
      return { type: 'login', token: name(first) }
    case 'persistent/1':
    case 'transient/1':
    case 'destroy/1':
      return verb === 'persistent' || verb === 'transient'
        ? { type: verb, name: name(first) }
        : { type: 'destroy', name: name(first) }
    case 'ack/2':
      return { type: 'ack', id: { queue: name(first), id: int64(second) } }
    case 'list/1':
      return { type: 'list', prefix: name(first), alive: false }
    case 'list/2':
      return first === 'alive' ? { type: 'list', prefix: name(second), alive: true } : null
    case 'trace/0':
      return { type: 'trace', from: -1n, timeout: 5 }
    case 'trace/2':
      return { type: 'trace', from: int64(first), timeout: float(second) }
    default:
      return null
  }
}

function parsePost(verb: string, rest: readonly string[], body: ByteString): Operation | null {
  const [first = '', second = '', third = ''] = rest
  switch (`${verb}/${rest.length}`) {
    case 'transfer/0':
      return parseTransfer(body)
    case 'request/2':
      return {
        type: 'send',
        queue: name(first),
        message: { payload: body, kind: { type: 'request', replyTo: name(second) } },
      }
    case 'response/3':
      // The queue that is answered is taken as it stands, without decoding.
      return {
        type: 'send',
        queue: name(first),
        message: { payload: body, kind: { type: 'response', to: { queue: second, id: int64(third) } } },
      }
    case 'shutdown/0':
      return body === '' ? { type: 'shutdown' } : null
    default:
      return null
  }
}

function parseTransfer(body: ByteString): Operation {
  const { tree } = parseJsonTree(decodeByteString(body))
  if (!isJsonObject(tree)) throw new UnreadableRequest('the body is no JSON object')
  const from = jsonMember(tree, 'from')
  const queues = jsonMember(tree, 'queues')
  if (from !== undefined && typeof from !== 'string') throw new UnreadableRequest('from is no string')
  if (!isJsonList(queues) || !queues.items.every((item) => typeof item === 'string')) {
    throw new UnreadableRequest('queues is no list of strings')
  }
  return {
    type: 'transfer',
    from: from === undefined ? -1n : int64(from),
    timeout: seconds(jsonMember(tree, 'timeout')),
    queues: queues.items,
  }
}

function seconds(node: JsonNode | undefined): number {
  if (typeof node !== 'object' || node?.type !== 'number') throw new UnreadableRequest('timeout is no number')
  return Number(node.text)
}

const name = (segment: string): string => decodeByteString(percentDecode(segment))

function int64(text: string): bigint {
  const value = parseInt64(text)
  if (value === null) throw new UnreadableRequest(`${text} is no int64`)
  return value
}

function float(text: string): number {
  const value = parseOcamlFloat(text)
  if (value === null) throw new UnreadableRequest(`${text} is no float`)
  return value
}

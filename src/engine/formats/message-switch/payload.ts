import { parseDebugArgument, type DebugArgument } from './debug-argument'
import { outlineOf } from './payload-outline'
import type { Call, Payload, Reply } from './payload-model'
import {
  isJsonList,
  isJsonObject,
  jsonMember,
  parseJsonTree,
  type JsonNode,
  type JsonObject,
} from '@shared/json/json-tree'
import { parseXmlPayload } from './xml-rpc'

/** `text` is what `readPayload` or `readTracePayload` gave. Never throws: payloads may be anything. */
export function parsePayload(text: string): Payload {
  if (text.startsWith('<')) return parseXmlPayload(text) ?? { type: 'other', tree: null, refused: 'not-json' }
  const result = parseJsonTree(text)
  if (result.tree === undefined) {
    const other = { type: 'other', tree: null, refused: result.refused } as const
    return result.refused === 'too-deep' ? (outlineOf(text) ?? other) : other
  }
  const { tree } = result
  return (
    (isJsonObject(tree) ? (asCall(tree) ?? asReply(tree)) : null) ?? { type: 'other', tree, refused: null }
  )
}

function asCall(tree: JsonObject): Call | null {
  const method = jsonMember(tree, 'method')
  if (typeof method !== 'string') return null
  const params = jsonMember(tree, 'params')
  // JSON-RPC 2 has them as an object.
  const all = isJsonList(params) ? params.items : params === undefined ? [] : [params]
  const [first, ...rest] = all
  const named = isJsonObject(first) ? first : null
  const positional = named === null ? all : rest
  return {
    type: 'call',
    form: 'json-rpc',
    method,
    named,
    positional,
    debug: debugOf(named, positional),
    tree,
  }
}

const debugNames: ReadonlySet<string> = new Set(['dbg', 'debug_info', 'dbg_str', 'debug'])

/** Its name differs between the interfaces; where it has none it is the first argument. */
function debugOf(named: JsonObject | null, positional: readonly JsonNode[]): DebugArgument | null {
  const value = named?.entries.find(([key]) => debugNames.has(key))?.[1] ?? positional[0]
  return typeof value === 'string' ? parseDebugArgument(value) : null
}

function asReply(tree: JsonObject): Reply | null {
  const result = jsonMember(tree, 'result')
  const error = jsonMember(tree, 'error')
  if (result === undefined && error === undefined) return null
  const failed = error !== undefined && error !== null
  return { type: 'reply', form: 'json-rpc', failed, value: (failed ? error : result) ?? null, tree }
}

import type { DebugArgument } from './debug-argument'
import type { JsonNode, JsonObject } from '@shared/json/json-tree'

/** What a message says. JSON-RPC 1 almost always; some older interfaces of storage speak XML-RPC. */
export type Payload = Call | Reply | OtherPayload

export interface Call {
  readonly type: 'call'
  readonly form: 'json-rpc' | 'xml-rpc'
  readonly method: string
  /** Named arguments come as one object, first. Null where there is none, and for XML-RPC. */
  readonly named: JsonObject | null
  readonly positional: readonly JsonNode[]
  readonly debug: DebugArgument | null
  readonly tree: JsonNode | null
}

export interface Reply {
  readonly type: 'reply'
  readonly form: 'json-rpc' | 'xml-rpc'
  readonly failed: boolean
  /** The result, or where it failed the error. Null for XML-RPC. */
  readonly value: JsonNode
  readonly tree: JsonNode | null
}

export interface OtherPayload {
  readonly type: 'other'
  /** Null where it is not JSON, or too deep or too large to be taken apart. */
  readonly tree: JsonNode | null
  readonly refused: 'not-json' | 'too-deep' | 'too-large' | null
}

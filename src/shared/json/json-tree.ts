import { walkJson, type JsonHandler } from './json-walk'

/** JSON of a stranger, lossless: numbers keep their digits, objects their order, duplicate keys and `__proto__`. */
export type JsonNode = null | boolean | string | JsonNumber | JsonList | JsonObject

export interface JsonNumber {
  readonly type: 'number'
  /** As written: `9223372036854775807`, `1e3`, `NaN`. */
  readonly text: string
}

export interface JsonList {
  readonly type: 'list'
  readonly items: readonly JsonNode[]
}

export interface JsonObject {
  readonly type: 'object'
  readonly entries: readonly (readonly [key: string, value: JsonNode])[]
}

/** What is deeper or larger stays text: nobody reads it as a tree. */
export const maxTreeDepth = 256
export const maxTreeBytes = 16 * 1024 * 1024

export type TreeResult =
  | { readonly tree: JsonNode }
  /** Why there is no tree. */
  | { readonly tree?: undefined; readonly refused: 'not-json' | 'too-deep' | 'too-large' }

export function parseJsonTree(text: string): TreeResult {
  // Characters are at most as many as bytes: what is longer is larger, and the rest costs at most three times as much.
  if (text.length > maxTreeBytes) return { refused: 'too-large' }
  const builder = new TreeBuilder()
  const result = walkJson(text, builder, { maxDepth: maxTreeDepth, escape: String.fromCodePoint })
  return result === 'json' ? { tree: builder.root } : { refused: result }
}

/** The value of the first entry with that key; undefined where there is none. */
export function jsonMember(object: JsonObject, key: string): JsonNode | undefined {
  return object.entries.find(([name]) => name === key)?.[1]
}

export const isJsonObject = (node: JsonNode | undefined): node is JsonObject =>
  typeof node === 'object' && node !== null && node.type === 'object'
export const isJsonList = (node: JsonNode | undefined): node is JsonList =>
  typeof node === 'object' && node !== null && node.type === 'list'

interface Open {
  readonly add: (key: string, node: JsonNode) => void
  key: string
}

class TreeBuilder implements JsonHandler {
  readonly #open: Open[] = []
  root: JsonNode = null

  begin(container: 'object' | 'list'): void {
    if (container === 'object') {
      const entries: [string, JsonNode][] = []
      this.#add({ type: 'object', entries })
      this.#open.push({ add: (key, node) => entries.push([key, node]), key: '' })
    } else {
      const items: JsonNode[] = []
      this.#add({ type: 'list', items })
      this.#open.push({ add: (_, node) => items.push(node), key: '' })
    }
  }

  end(): void {
    this.#open.pop()
  }

  key(text: string): void {
    const open = this.#open.at(-1)
    if (open !== undefined) open.key = text
  }

  string(text: string): void {
    this.#add(text)
  }

  number(text: string): void {
    this.#add({ type: 'number', text })
  }

  literal(value: boolean | null): void {
    this.#add(value)
  }

  #add(node: JsonNode): void {
    const open = this.#open.at(-1)
    if (open === undefined) this.root = node
    else open.add(open.key, node)
  }
}

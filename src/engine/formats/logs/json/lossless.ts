import { isJsonList, isJsonObject, parseJsonTree, type JsonNode } from '@shared/json/json-tree'

/** Only texts with such numbers have any that would lose digits. */
const suspicious = /\d{16}|[eE]\+?\d{3}/
const integer = /^-?\d+$/
/** Longer ones are no numbers that anybody reads. */
const mostDigits = 1_000
const deepest = 256

/** As JSON.parse, but for integers beyond 2^53: those are bigints. Throws SyntaxError where the text is no JSON. */
export function parseLossless(text: string): unknown {
  const usual: unknown = JSON.parse(text)
  if (!suspicious.test(text)) return usual
  const { tree } = parseJsonTree(text)
  return tree === undefined ? usual : valueOf(tree)
}

function valueOf(node: JsonNode): unknown {
  if (typeof node !== 'object' || node === null) return node
  if (isJsonList(node)) return node.items.map(valueOf)
  if (!isJsonObject(node)) return numberOf(node.text)
  const object: Record<string, unknown> = {}
  // `__proto__` is a key like any other.
  for (const [key, value] of node.entries) {
    Object.defineProperty(object, key, {
      value: valueOf(value),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return object
}

function numberOf(text: string): number | bigint | string {
  const value = Number(text)
  if (!Number.isFinite(value)) return text
  const isExact = Number.isSafeInteger(value) || !integer.test(text) || text.length > mostDigits
  return isExact ? value : BigInt(text)
}

/** JSON of a value that was parsed so. */
export function jsonText(value: unknown, depth = 0): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null || depth > deepest) return JSON.stringify(value ?? null)
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item, depth + 1)).join(',')}]`
  const entries = Object.entries(value).map(
    ([key, inner]) => `${JSON.stringify(key)}:${jsonText(inner, depth + 1)}`,
  )
  return `{${entries.join(',')}}`
}

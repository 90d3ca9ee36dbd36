import type { JsonNode } from '@shared/json/json-tree'
import { childrenOf, kindOf, printJson } from './json-lines'

/** Two payloads side by side: by key in objects, by the longest common run in lists. */

export interface DiffLine {
  readonly depth: number
  readonly key: string | number | null
  readonly change: 'same' | 'changed' | 'added' | 'removed'
  /** JSON text on one line; null where that side has nothing. Of a container that differs inside, both are null. */
  readonly left: string | null
  readonly right: string | null
  /** Of a container that is opened below. */
  readonly bracket: '{' | '[' | null
}

export interface JsonDiff {
  readonly lines: readonly DiffLine[]
  /** Values that differ. */
  readonly changes: number
  /** It went on; the rest is not compared. */
  readonly cut: boolean
}

const mostLines = 5_000
/** Longer lists are compared place by place. */
const mostAligned = 400

export function diffJson(left: JsonNode, right: JsonNode): JsonDiff {
  const lines: DiffLine[] = []
  let changes = 0
  let cut = false
  const printed = new Map<JsonNode, string>()
  const print = (node: JsonNode): string => {
    if (typeof node !== 'object' || node === null) return printJson(node)
    const known = printed.get(node)
    if (known !== undefined) return known
    const text = printJson(node)
    printed.set(node, text)
    return text
  }

  function add(depth: number, key: string | number | null, pair: Pair): void {
    if (lines.length >= mostLines) return void (cut = true)
    const { left: one, right: other } = pair
    const texts = {
      left: one === undefined ? null : print(one),
      right: other === undefined ? null : print(other),
    }
    const base = { depth, key, bracket: null, ...texts }
    if (one === undefined || other === undefined) {
      changes++
      lines.push({ ...base, change: one === undefined ? 'added' : 'removed' })
      return
    }
    if (texts.left === texts.right) return void lines.push({ ...base, change: 'same' })
    const kind = kindOf(one)
    if (kind !== kindOf(other) || (kind !== 'object' && kind !== 'list')) {
      changes++
      lines.push({ ...base, change: 'changed' })
      return
    }
    lines.push({
      depth,
      key,
      change: 'changed',
      left: null,
      right: null,
      bracket: kind === 'object' ? '{' : '[',
    })
    for (const [name, below] of kind === 'object' ? byKey(one, other) : byPlace(one, other, print)) {
      add(depth + 1, name, below)
    }
  }

  // As deep as trees are, 256 levels: their parser sees to it.
  add(0, null, { left, right })
  return { lines, changes, cut }
}

interface Pair {
  readonly left: JsonNode | undefined
  readonly right: JsonNode | undefined
}
type Named = readonly [key: string | number, pair: Pair]

/** Keys of the left in their order, then those that only the right has; the nth of a key with the nth. */
function byKey(left: JsonNode, right: JsonNode): Named[] {
  const rest = new Map<string | number, JsonNode[]>()
  for (const [key, node] of childrenOf(right)) {
    const others = rest.get(key)
    if (others) others.push(node)
    else rest.set(key, [node])
  }
  const pairs: Named[] = childrenOf(left).map(([key, node]) => [
    key,
    { left: node, right: rest.get(key)?.shift() },
  ])
  for (const [key, nodes] of rest)
    for (const node of nodes) pairs.push([key, { left: undefined, right: node }])
  return pairs
}

function byPlace(left: JsonNode, right: JsonNode, print: (node: JsonNode) => string): Named[] {
  const ones = childrenOf(left).map(([, node]) => node)
  const others = childrenOf(right).map(([, node]) => node)
  if (ones.length === others.length || Math.max(ones.length, others.length) > mostAligned) {
    return Array.from({ length: Math.max(ones.length, others.length) }, (_, at): Named => [
      at,
      { left: ones[at], right: others[at] },
    ])
  }
  return aligned(ones, others, ones.map(print), others.map(print))
}

/** Equal items meet; what is between them is removed and added. */
function aligned(
  ones: readonly JsonNode[],
  others: readonly JsonNode[],
  left: readonly string[],
  right: readonly string[],
): Named[] {
  const width = others.length + 1
  const lengths = new Uint16Array((ones.length + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0
  for (let i = ones.length - 1; i >= 0; i--) {
    for (let j = others.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const pairs: Named[] = []
  let [i, j] = [0, 0]
  while (i < ones.length || j < others.length) {
    if (i < ones.length && j < others.length && left[i] === right[j]) {
      pairs.push([i, { left: ones[i++], right: others[j++] }])
    } else if (j >= others.length || (i < ones.length && at(i + 1, j) >= at(i, j + 1))) {
      pairs.push([i, { left: ones[i++], right: undefined }])
    } else pairs.push([j, { left: undefined, right: others[j++] }])
  }
  return pairs
}

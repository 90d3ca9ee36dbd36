import type { JsonNode } from '@shared/json/json-tree'

/** A JSON tree as lines on screen: only what is unfolded exists, so that a large payload costs what shows of it. */

export type JsonKind = 'object' | 'list' | 'string' | 'number' | 'literal'

export interface JsonLine {
  /** Names the node in its tree: places from the root, `0/3/1`. */
  readonly id: string
  readonly depth: number
  /** Null at the root. */
  readonly key: string | number | null
  readonly node: JsonNode
  readonly kind: JsonKind
  /** Members of an object, items of a list; 0 for others. */
  readonly size: number
  readonly open: boolean
}

export const kindOf = (node: JsonNode): JsonKind =>
  typeof node === 'string' ? 'string' : node === null || typeof node === 'boolean' ? 'literal' : node.type

type Child = readonly [key: string | number, node: JsonNode]

export function childrenOf(node: JsonNode): readonly Child[] {
  if (typeof node !== 'object' || node === null || node.type === 'number') return []
  return node.type === 'object' ? node.entries : node.items.map((item, at): Child => [at, item])
}

/** `isOpen` says which containers are unfolded. Without recursion: the depth is a stranger's. */
export function jsonLines(root: JsonNode, isOpen: (id: string, line: JsonLine) => boolean): JsonLine[] {
  const lines: JsonLine[] = []
  const stack: { id: string; depth: number; key: string | number | null; node: JsonNode }[] = [
    { id: '0', depth: 0, key: null, node: root },
  ]
  for (let next = stack.pop(); next; next = stack.pop()) {
    const children = childrenOf(next.node)
    const closed = { ...next, kind: kindOf(next.node), size: children.length, open: false }
    const open = children.length > 0 && isOpen(next.id, closed)
    lines.push(open ? { ...closed, open } : closed)
    if (!open) continue
    for (let at = children.length - 1; at >= 0; at--) {
      const child = children[at]
      if (child) stack.push({ id: `${next.id}/${at}`, depth: next.depth + 1, key: child[0], node: child[1] })
    }
  }
  return lines
}

/** Lines that a payload shows unfolded at first. */
const firstLines = 200

/** Containers that are open at first: level by level, as long as what shows stays short. */
export function openAtFirst(root: JsonNode): Set<string> {
  const open = new Set<string>()
  let shown = 1
  let level: { id: string; node: JsonNode }[] = [{ id: '0', node: root }]
  while (level.length > 0) {
    const next: typeof level = []
    for (const { id, node } of level) {
      const children = childrenOf(node)
      if (children.length === 0) continue
      if (shown + children.length > firstLines && id !== '0') return open
      open.add(id)
      shown += children.length
      children.forEach(([, child], at) => next.push({ id: `${id}/${at}`, node: child }))
    }
    level = next
  }
  return open
}

const plainKey = /^[A-Za-z_$][\w$]*$/

/** The way from the root to a node as a program writes it: `$.params[0].dbg`, `$["__proto__ x"]`. */
export function pathOf(root: JsonNode, id: string): string {
  let node = root
  let path = '$'
  for (const place of id.split('/').slice(1)) {
    const child = childrenOf(node)[Number(place)]
    if (!child) break
    const [key, below] = child
    path += typeof key === 'number' ? `[${key}]` : plainKey.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
    node = below
  }
  return path
}

/** JSON text of a node, numbers with the digits they came with; `indent` spaces a level, on one line without. */
export function printJson(root: JsonNode, indent = 0): string {
  const out: string[] = []
  const line = (depth: number): string => (indent === 0 ? '' : `\n${' '.repeat(indent * depth)}`)
  const stack: (string | { node: JsonNode; depth: number })[] = [{ node: root, depth: 0 }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next === 'string') {
      out.push(next)
      continue
    }
    const { node, depth } = next
    const children = childrenOf(node)
    const kind = kindOf(node)
    if (kind !== 'object' && kind !== 'list') out.push(scalarText(node))
    else if (children.length === 0) out.push(kind === 'object' ? '{}' : '[]')
    else {
      stack.push(line(depth) + (kind === 'object' ? '}' : ']'))
      for (let at = children.length - 1; at >= 0; at--) {
        const child = children[at]
        if (!child) continue
        const [key, below] = child
        stack.push({ node: below, depth: depth + 1 })
        const name = typeof key === 'number' ? '' : `${JSON.stringify(key)}:${indent === 0 ? '' : ' '}`
        stack.push((at === 0 ? '' : ',') + line(depth + 1) + name)
      }
      out.push(kind === 'object' ? '{' : '[')
    }
  }
  return out.join('')
}

export function scalarText(node: JsonNode): string {
  if (typeof node === 'string') return JSON.stringify(node)
  if (typeof node === 'object' && node !== null) return node.type === 'number' ? node.text : ''
  return String(node)
}

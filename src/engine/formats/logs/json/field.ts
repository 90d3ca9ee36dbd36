import { textOf } from '../bytes'
import { parseLossless } from './lossless'

const deepest = 32

/**
 * Values of `a.b.c` in a line's JSON object, by a whole parse: one for each element where the path leads through
 * arrays, none where the line has no such field or is no JSON. Keys may hold the dots themselves.
 */
export function jsonField(bytes: Uint8Array, start: number, end: number, path: string): unknown[] {
  const values: unknown[] = []
  collect(parseObject(textOf(bytes, start, end)), path, values, 0)
  return values
}

function collect(value: unknown, path: string, values: unknown[], depth: number): void {
  if (depth > deepest) return
  if (Array.isArray(value)) {
    for (const element of value) collect(element, path, values, depth + 1)
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === path) addAll(inner, values)
    else if (path.startsWith(`${key}.`)) collect(inner, path.slice(key.length + 1), values, depth + 1)
  }
}

function addAll(value: unknown, values: unknown[]): void {
  if (Array.isArray(value)) for (const element of value) addAll(element, values)
  else if (value !== null) values.push(value)
}

/** The object that a text is; null for any other text. */
export function parseObject(text: string): object | null {
  try {
    const value = parseLossless(text)
    return typeof value === 'object' && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

/** The first value of `a.b.c` that is no object, array or null; undefined without one. */
export function firstScalar(object: object, path: string): unknown {
  for (const [key, inner] of Object.entries(object) as [string, unknown][]) {
    if (key === path && inner !== null && typeof inner !== 'object') return inner
    if (!path.startsWith(`${key}.`) || !isRecord(inner)) continue
    const found = firstScalar(inner, path.slice(key.length + 1))
    if (found !== undefined) return found
  }
  return undefined
}

/** Members with nested objects as `a.b.c`; of two with one name the first counts. Arrays stay values. */
export function flatten(object: object): Map<string, unknown> {
  const members = new Map<string, unknown>()
  const visit = (value: object, prefix: string, depth: number): void => {
    for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
      const name = prefix + key
      if (isRecord(inner) && depth < deepest) visit(inner, `${name}.`, depth + 1)
      else if (!members.has(name)) members.set(name, inner)
    }
  }
  visit(object, '', 0)
  return members
}

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0

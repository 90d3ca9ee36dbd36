import type { LeafNode } from './ast'
import type { FieldRef } from './fields'

/** A value of a field: JSON, or undefined where the row has none. */
export type FieldValue = undefined | string | number | boolean | null | readonly FieldValue[] | FieldObject

export interface FieldObject {
  readonly [key: string]: FieldValue
}

/** A row as an object, for places where there are few: tests, previews, alarms. */
export interface FilterRow {
  text(): string
  /** By its whole dotted name first, then by its first key. */
  field(name: string): FieldValue
}

/**
 * How a filter reads the rows of a store. A row is whatever the store's handle is: a number in a packed store, so
 * that testing a row makes no object.
 */
export interface RowAccess<Row> {
  text(row: Row): string
  /** Called once for each field of a filter: what depends on the field's name is done here, not for each row. */
  getter(field: FieldRef): (row: Row) => FieldValue
  /**
   * A test of one leaf made for this store, on its bytes say; undefined where it has none and the general one
   * over `text` and `getter` is to be used. It must agree with that one.
   */
  leafTest?(leaf: LeafNode): ((row: Row) => boolean) | undefined
}

/** Own keys only: `__proto__` and `constructor` are plain names. */
function child(value: FieldObject, key: string): FieldValue {
  return Object.hasOwn(value, key) ? value[key] : undefined
}

const index = /^\d{1,9}$/

const isList = (value: FieldValue): value is readonly FieldValue[] => Array.isArray(value)

/** The value below a path. Of a list each element is looked into, so the result may be a list of what they have. */
export function valueAt(value: FieldValue, path: readonly string[], from = 0): FieldValue {
  let current = value
  for (let depth = from; depth < path.length; depth++) {
    const key = path[depth]
    if (key === undefined || typeof current !== 'object' || current === null) return undefined
    if (!isList(current)) current = child(current, key)
    else if (index.test(key)) current = current[Number(key)]
    else {
      const found = current
        .map((element) => valueAt(element, path, depth))
        .filter((part) => part !== undefined)
      return found.length > 0 ? found : undefined
    }
  }
  return current
}

/** Access to rows that are objects. */
export const objectAccess: RowAccess<FilterRow> = {
  text: (row) => row.text(),
  getter: ({ path }) => {
    const [first = ''] = path
    if (path.length === 1) return (row) => row.field(first)
    const whole = path.join('.')
    return (row) => {
      const flat = row.field(whole)
      return flat === undefined ? valueAt(row.field(first), path, 1) : flat
    }
  },
}

/** Deeper JSON is not looked into. */
const maxDepth = 256

export type FieldLeaf = string | number | boolean | null

/** Does any value in there pass? A list's elements and an object's values, however deep. */
export function anyLeaf(value: FieldValue, test: (leaf: FieldLeaf) => boolean, depth = 0): boolean {
  if (value === undefined) return false
  if (typeof value !== 'object' || value === null) return test(value)
  if (depth > maxDepth) return false
  const parts = isList(value) ? value : Object.values(value)
  for (const part of parts) if (anyLeaf(part, test, depth + 1)) return true
  return false
}

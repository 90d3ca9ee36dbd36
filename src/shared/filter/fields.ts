/**
 * What the values of a field are. Rows give times as epoch milliseconds, durations as milliseconds, sizes as
 * bytes, levels by name or as a syslog severity (0 emergency to 7 debug).
 */
export type FieldType = 'text' | 'number' | 'level' | 'time' | 'duration' | 'size' | 'bool'

/** A field that rows can have. Plain data: it may travel between processes. */
export interface FieldInfo {
  readonly name: string
  readonly type: FieldType
  readonly description: string
  /** Any path below it is a field too: `params` opens `params.sr`. */
  readonly open?: true
  /** Its value stands in the row's own bytes, so a literal of a filter may be searched there first. */
  readonly verbatim?: true
  /** A row that does not give it has the time passed since this time field. */
  readonly since?: string
  /** The values that there are, where they are few and known. */
  readonly values?: readonly string[]
}

export type FieldSet = readonly FieldInfo[]

/** A field as a filter names it. */
export interface FieldRef {
  /** As written: dots between keys, a backslash before a dot (or the like) inside a key. */
  readonly name: string
  readonly path: readonly string[]
  readonly type: FieldType
  readonly since?: string
}

const indexes = new WeakMap<FieldSet, ReadonlyMap<string, FieldInfo>>()

function indexOf(fields: FieldSet): ReadonlyMap<string, FieldInfo> {
  const known = indexes.get(fields) ?? new Map(fields.map((field) => [field.name, field]))
  indexes.set(fields, known)
  return known
}

/** The field that a path names: itself, or the open field above it. */
export function findField(path: readonly string[], fields: FieldSet): FieldInfo | undefined {
  const index = indexOf(fields)
  const exact = index.get(path.join('.'))
  if (exact) return exact
  for (let end = path.length - 1; end > 0; end--) {
    const above = index.get(path.slice(0, end).join('.'))
    if (above?.open) return above
  }
  return undefined
}

/** A key as it is written in a field's name. */
export const escapeKey = (key: string): string => key.replace(/^-|[^\w@$\-\u0080-\uffff]|[\s\\]/g, '\\$&')

/** Undefined where no row has such a field. Without a list of fields every name is one. */
export function fieldRef(path: readonly string[], fields: FieldSet | undefined): FieldRef | undefined {
  const name = path.map(escapeKey).join('.')
  if (!fields) return { name, path, type: 'text' }
  const info = findField(path, fields)
  if (!info) return undefined
  const exact = info.name === path.join('.')
  if (!exact) return { name, path, type: 'text' }
  return { name, path, type: info.type, ...(info.since ? { since: info.since } : {}) }
}

/** A list with the names that rows turned out to have; their types are seen from each value. */
export function withSeenFields(fields: FieldSet, names: Iterable<string>): FieldSet {
  const known = indexOf(fields)
  const added = new Set([...names].filter((name) => !known.has(name)))
  const seen = [...added].map((name): FieldInfo => ({
    name,
    type: 'text',
    description: 'seen in rows',
    open: true,
    verbatim: true,
  }))
  return [...fields, ...seen]
}

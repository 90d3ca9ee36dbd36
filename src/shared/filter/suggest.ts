import type { FieldInfo, FieldRef, FieldSet, FieldType } from './fields'
import { findField } from './fields'
import { printValue } from './print'
import type { FieldOperator } from './tokens'

export interface Suggestion {
  /** What is written into the filter. */
  readonly text: string
  readonly kind: 'field' | 'value' | 'keyword'
  /** What it is, in a few words; may be empty. */
  readonly detail: string
}

export interface CompletionSource {
  readonly fields: FieldSet
  /** Values seen of a field, best first. */
  readonly valuesOf?: ((field: string) => Iterable<string>) | undefined
}

/** What is written after a plain `field:` of a type, and after an operator of order. */
const usual: Readonly<Record<FieldType, readonly string[]>> = {
  text: [],
  number: [],
  level: ['warning', 'error'],
  time: ['-5m', '-15m', '-1h', '-24h'],
  duration: ['100ms', '1s', '5s', '30s'],
  size: ['1KiB', '64KiB', '1MiB'],
  bool: ['true', 'false'],
}

const ordered: ReadonlySet<FieldType> = new Set(['level', 'time', 'duration', 'size'])

/** Those that begin with the prefix, then those that hold it; case does not matter. */
function matching<T>(items: readonly T[], textOf: (item: T) => string, prefix: string): T[] {
  const wanted = prefix.toLowerCase()
  const rank = (item: T): number => {
    const text = textOf(item).toLowerCase()
    return text.startsWith(wanted) ? 0 : text.includes(wanted) ? 1 : 2
  }
  return items.filter((item) => rank(item) < 2).sort((a, b) => rank(a) - rank(b))
}

export function suggestFields(prefix: string, fields: FieldSet): Suggestion[] {
  return matching(fields, ({ name }: FieldInfo) => name, prefix).map(({ name, description }) => ({
    text: `${name}:`,
    kind: 'field',
    detail: description,
  }))
}

export function suggestKeywords(prefix: string, afterTerm: boolean): Suggestion[] {
  const words: readonly (readonly [string, string])[] = [
    ['and', 'both'],
    ['or', 'one of both'],
    ['not', 'the opposite'],
  ]
  const usable = afterTerm ? words : words.slice(2)
  return usable
    .filter(([word]) => word.startsWith(prefix.toLowerCase()))
    .map(([text, detail]) => ({ text, kind: 'keyword', detail }))
}

export function suggestValues(
  field: FieldRef,
  op: FieldOperator,
  prefix: string,
  { fields, valuesOf }: CompletionSource,
): Suggestion[] {
  const info = findField(field.path, fields)
  const own = info?.name === field.path.join('.') ? (info.values ?? []) : []
  const plainOp = op === ':' || op === '=' || op === '!='
  const presets = ordered.has(field.type) && plainOp ? [] : usual[field.type]
  const values = new Set([...presets, ...own, ...(valuesOf?.(field.name) ?? [])])
  const found = matching([...values], (value) => value, prefix).map((value): Suggestion => ({
    text: printValue(value),
    kind: 'value',
    detail: '',
  }))
  if (prefix !== '' || op !== ':') return found
  const sign = field.type === 'time' || field.type === 'duration' || field.type === 'size' ? '>' : '>='
  const bounds = ordered.has(field.type) ? usual[field.type] : []
  return [
    ...bounds.map((value): Suggestion => ({
      text: sign + value,
      kind: 'value',
      detail: field.type === 'time' ? 'since then' : 'or more',
    })),
    ...found,
    { text: '*', kind: 'value', detail: 'the field is there' },
  ]
}

import type { ClickedValue } from '@shared/filter'

/** JSON text laid out over lines, without reading its values: integers of any size keep their digits. */
export function layOutJson(text: string, indent = 2): string {
  let depth = 0
  let out = ''
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (inString) {
      out += character
      if (character === '\\') out += text.charAt(++at)
      else if (character === '"') inString = false
    } else if (character === '"') {
      inString = true
      out += character
    } else if (character === '{' || character === '[') {
      const close = character === '{' ? '}' : ']'
      const next = /\S/.exec(text.slice(at + 1, at + 64))?.[0]
      if (next === close) {
        out += character + close
        at = text.indexOf(close, at)
      } else out += `${character}\n${' '.repeat(indent * ++depth)}`
    } else if (character === '}' || character === ']') {
      out += `\n${' '.repeat(indent * Math.max(0, --depth))}${character}`
    } else if (character === ',') out += `,\n${' '.repeat(indent * depth)}`
    else if (character === ':') out += ': '
    else if (!/\s/.test(character)) out += character
  }
  return out
}

/** A field's JSON text as a person reads it: strings without quotes. */
export function plainValue(json: string): string {
  if (!json.startsWith('"')) return json
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'string' ? value : json
  } catch {
    return json
  }
}

/** More elements of a list would make no filter that anybody reads. */
const mostElements = 8

/**
 * What a click on a field's JSON text takes into a filter: its value, or those of a list one by one, because a filter
 * looks at the elements. Nothing of null and of what is empty: those are no values. Integers beyond those that a number can hold stay text, with all their digits.
 */
export function clickedValues(json: string): ClickedValue[] {
  if (/^-?\d{16,}$/.test(json)) return [json]
  try {
    const read: unknown = JSON.parse(json)
    if (!isList(read)) return isValue(read) ? [read] : []
    const values = read.filter(isValue).filter((each) => each !== '')
    return [...new Set(values)].slice(0, mostElements)
  } catch {
    return [json]
  }
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const isValue = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

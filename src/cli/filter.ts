import { dependsOnTime, parseFilter, type FieldSet, type FilterError, type FilterNode } from '@shared/filter'
import { usageFailure, type Failure } from './exit'
import { plain } from './text'

/** Of the person who reads. */
export const utcOffset = (now: number): number => -new Date(now).getTimezoneOffset()

export interface ReadFilter {
  readonly ast: FilterNode
  readonly notices: readonly string[]
}

/** Throws a usage failure that points at the place. */
export function readFilter(text: string, fields: FieldSet): ReadFilter {
  const { ast, error, notices } = parseFilter(text, { fields })
  if (!ast) throw filterFailure(text, error)
  return { ast, notices: notices.map(({ message }) => message) }
}

/** The filter with carets under what is wrong, and what could stand there. */
export function filterFailure(
  text: string,
  { message, offset, length, expected }: Pick<FilterError, 'message' | 'offset' | 'length' | 'expected'>,
): Failure {
  // One line, however it was given; signs outside the basic plane take one column.
  const columns = (part: string): number => Array.from(part).length
  const before = columns(text.slice(0, offset))
  const under = Math.max(1, columns(text.slice(offset, offset + length)))
  const shown = [`  ${plain(text)}`, `  ${' '.repeat(before)}${'^'.repeat(under)}`].join('\n')
  const hint = expected.length === 0 ? undefined : `Expected here: ${expected.join(', ')}.`
  return usageFailure(`The filter cannot be read. ${message}\n${shown}`, hint)
}

/** Whether rows that are there already may match later on: as time passes, or as calls are answered. */
export const changesLater = (ast: FilterNode): boolean => dependsOnTime(ast) || asksForStatus(ast)

function asksForStatus(node: FilterNode): boolean {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.children.some(asksForStatus)
    case 'not':
      return asksForStatus(node.child)
    case 'field':
      return node.field.path[0] === 'status'
    case 'all':
    case 'text':
    case 'regex':
      return false
  }
}

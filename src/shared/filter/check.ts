import type { FieldTest, RegexLiteral, Span } from './ast'
import { ParseFailure } from './failure'
import type { FieldRef } from './fields'
import { operandExamples, readOperand } from './operand'
import { compileRegex, RegexSyntaxError } from './regex'

/** Throws ParseFailure where a value is none of its field's type; `*` has no end in a range. */
function checkOrdered(field: FieldRef, value: string, span: Span): void {
  if (field.type === 'text') return
  if (!readOperand(value, field.type)) {
    const examples = operandExamples[field.type]
    throw new ParseFailure(
      `“${value}” is no value of ${field.name}: it takes ${examples.join(', ')}.`,
      span,
      examples,
    )
  }
}

/** Types that only their own values can equal; text under such a field would be a filter that finds nothing. */
const strict: ReadonlySet<FieldRef['type']> = new Set(['number', 'duration', 'size', 'time'])

function checkEqual(field: FieldRef, value: string, span: Span): void {
  if (value.toLowerCase() === 'null') return
  if (field.type === 'bool' && !/^(?:true|false)$/i.test(value)) {
    throw new ParseFailure(`${field.name} is true or false.`, span, ['true', 'false'])
  }
  if (strict.has(field.type)) checkOrdered(field, value, span)
  // A time is a moment: `time:-5m` would be this very millisecond, which nobody means.
  if (field.type === 'time' && readOperand(value, 'time')?.base === 'now') {
    const expected = [`${field.name}:>${value}`, `${field.name}:<${value}`]
    throw new ParseFailure(`Since then or before? Write ${expected.join(' or ')}.`, span, expected)
  }
}

/** Throws ParseFailure where a test asks of a field what its type cannot have. */
export function checkTest(field: FieldRef, test: FieldTest, span: Span): void {
  switch (test.op) {
    case ':':
    case '=':
      return checkEqual(field, test.value, span)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return checkOrdered(field, test.value, span)
    case 'range':
      for (const end of [test.low, test.high]) if (end !== null) checkOrdered(field, end, span)
      return
    case 'has':
    case 'wildcard':
    case 'regex':
      return
  }
}

/** Throws ParseFailure at the place inside of the pattern that cannot be run. `span` is that of `/pattern/`. */
export function checkRegex({ source, ignoreCase }: RegexLiteral, span: Span): void {
  try {
    compileRegex(source, ignoreCase)
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error
    const place = error.length === 0 ? span : { offset: span.offset + 1 + error.offset, length: error.length }
    throw new ParseFailure(`${error.message}.`, place, ['a regular expression'])
  }
}

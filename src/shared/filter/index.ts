/** The filter language of logs, messages, queues and alarms; docs/filter-language.md tells it to its users. */
export type { FieldNode, FieldTest, FilterNode, LeafNode, RegexNode, Span, TextNode } from './ast'
export { FilterBudget, FilterTooSlow } from './budget'
export { compileFilter, compileForRows, compileLeaf, type CompileOptions, type RowTest } from './compile'
export { complete, type Completion } from './complete'
export { withTerm, type ClickedValue } from './edit'
export type { FilterError } from './failure'
export {
  findField,
  withSeenFields,
  type FieldInfo,
  type FieldRef,
  type FieldSet,
  type FieldType,
} from './fields'
export { logFields } from './fields-log'
export { allFields, messageFields } from './fields-message'
export { fold } from './fold'
export { interpretFilter } from './interpret'
export { leafTests, passes, type LeafContext, type LeafTests } from './leaf-tests'
export { levelNames, levelRank } from './levels'
export { necessaryLiterals, type LiteralOptions } from './literals'
export { maxFilter, parseFilter, type ParsedFilter, type ParseOptions } from './parser'
export { printFilter } from './print'
export type { Required as RequiredLiterals } from './regex/literals'
export { dependsOnTime } from './relative'
export { objectAccess, valueAt, type FieldValue, type FilterRow, type RowAccess } from './row'
export type { CompletionSource, Suggestion } from './suggest'
export type { TimeFrame } from './times'
export type { Notice } from './tokens'

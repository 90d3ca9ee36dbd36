import {
  FilterBudget,
  FilterTooSlow,
  compileFilter,
  dependsOnTime,
  findField,
  logFields,
  messageFields,
  necessaryLiterals,
  parseFilter,
  withSeenFields,
  type FieldSet,
  type FilterError,
  type FilterNode,
  type LeafNode,
} from '@shared/filter'
import type { ViewUpdate } from '@shared/model/rows'
import type { RowFormat } from '../row-sink'
import { ChunkRows } from './chunk-rows'
import type { FieldPath } from './field-search'
import { GapTest } from './gap-test'
import { LiteralScan } from './literal-scan'
import { rowFlags, type RowChunk } from './row-chunk'
import type { RowStream } from './row-stream'
import type { RowMatcher } from './row-view'

/** Milliseconds of regular expressions after which others get their turn. */
const turn = 20

/** Steps of regular expressions between two times that all rows were seen: some minutes of one core. */
const budgetSteps = 2e10

export interface MatcherOptions {
  readonly kind: 'logs' | 'messages'
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Minutes that the reader's clock is ahead of UTC. */
  readonly utcOffset?: number | undefined
  /** Names of further fields that rows turned out to have. */
  readonly seen?: Iterable<string> | undefined
}

/** A filter that finds rows, and what there is to say about it. */
export interface CompiledMatcher extends RowMatcher {
  readonly notices: readonly string[]
  readonly error: ViewUpdate['error']
  /** Fields that it names and none of the rows seen has: they are read as text. */
  readonly unknown: readonly FieldPath[]
  /** What matches changes as time passes, or as calls are answered. */
  readonly changing: boolean
  /** Why it gave up; null while it runs. */
  stopped(): string | null
  /** All rows there are have been seen. */
  caughtUp(): void
}

/** Reads a filter's text. Never throws: what cannot be read is in `error`, and nothing matches. */
export function compileMatcher(text: string, options: MatcherOptions): CompiledMatcher {
  const known = options.kind === 'logs' ? logFields : messageFields
  const fields = withSeenFields(known, options.seen ?? [])
  const { ast, error, notices } = parseFilter(text, { fields })
  const said = notices.map(({ message }) => message)
  if (!ast) return refused(said, error)
  const unknown = said.length === 0 ? [] : unknownFields(text, fields)
  return new FilterMatcher(ast, fields, { notices: said, unknown }, options)
}

function unknownFields(text: string, fields: FieldSet): FieldPath[] {
  const paths = new Map<string, FieldPath>()
  const visit = (node: FilterNode): void => {
    if (node.kind === 'and' || node.kind === 'or') node.children.forEach(visit)
    else if (node.kind === 'not') visit(node.child)
    else if (node.kind === 'field' && !findField(node.field.path, fields))
      paths.set(node.field.name, node.field.path)
  }
  const { ast } = parseFilter(text)
  if (ast) visit(ast)
  return [...paths.values()]
}

const refused = (notices: readonly string[], error: FilterError): CompiledMatcher => ({
  notices,
  error: { ...error, expected: [...error.expected] },
  unknown: [],
  changing: false,
  stopped: () => null,
  caughtUp: () => undefined,
  match: () => 0,
})

class FilterMatcher implements CompiledMatcher {
  readonly notices: readonly string[]
  readonly unknown: readonly FieldPath[]
  readonly error = null
  readonly changing: boolean
  readonly #rows = new ChunkRows()
  readonly #test: (row: number) => boolean
  readonly #gaps: GapTest
  readonly #budget = new FilterBudget(budgetSteps)
  readonly #frame: { now: number; utcOffset?: number }
  readonly #now: () => number
  /** What rows must contain, where their characters stand as they are, and where they may be escaped. */
  readonly #plain: LiteralScan
  readonly #escaped: LiteralScan
  /** The same where texts may stand as lists of byte values. */
  readonly #byteArrays: LiteralScan
  #stopped: string | null = null
  /** Testing one row may take milliseconds. */
  readonly #isSlow: boolean
  #stoppedAt: number | null = null

  constructor(
    ast: FilterNode,
    fields: FieldSet,
    { notices, unknown }: Pick<CompiledMatcher, 'notices' | 'unknown'>,
    options: MatcherOptions,
  ) {
    this.notices = notices
    this.unknown = unknown
    this.changing = dependsOnTime(ast) || mentions(ast, 'status')
    this.#now = options.now
    this.#frame = {
      now: options.now(),
      ...(options.utcOffset === undefined ? {} : { utcOffset: options.utcOffset }),
    }
    this.#test = compileFilter(ast, this.#rows, { frame: this.#frame, budget: this.#budget })
    this.#gaps = new GapTest(ast, this.#frame, this.#budget)
    this.#isSlow = hasRegex(ast)
    const words = wordsOf(ast)
    this.#plain = new LiteralScan(necessaryLiterals(ast, { fields, json: false }), words)
    this.#escaped = new LiteralScan(necessaryLiterals(ast, { fields, json: true }), words)
    this.#byteArrays = new LiteralScan(
      necessaryLiterals(ast, { fields, json: true, byteArrays: true }),
      words,
    )
  }

  stopped(): string | null {
    return this.#stopped
  }

  caughtUp(): void {
    this.#budget.refill()
  }

  stoppedAt(): number | null {
    return this.#stoppedAt
  }

  match(chunk: RowChunk, stream: RowStream, from: number, to: number, hits: Uint32Array): number {
    this.#stoppedAt = null
    if (this.#stopped !== null) return 0
    this.#frame.now = this.#now()
    this.#rows.use(chunk, stream)
    const scan = this.#scanFor(stream.format)
    const candidates = scan.rows(chunk, from, to)
    try {
      if (candidates === null) return this.#testAll(chunk, from, to, hits)
      return this.#testSome(chunk, from, to, candidates, scan.proves, hits)
    } catch (error) {
      if (!(error instanceof FilterTooSlow)) throw error
      this.#stopped = error.message
      return 0
    }
  }

  #scanFor({ escapes, byteArrays }: RowFormat): LiteralScan {
    if (byteArrays) return this.#byteArrays
    return escapes ? this.#escaped : this.#plain
  }

  #testAll(chunk: RowChunk, from: number, to: number, hits: Uint32Array): number {
    const end = performance.now() + turn
    let count = 0
    for (let row = from; row < to; row++) {
      const isGap = (chunk.flagsOf(row) & rowFlags.gap) !== 0
      if (isGap ? this.#gaps.passes(chunk, row) : this.#test(row)) hits[count++] = row
      if (this.#isOver(end, row + 1, to)) break
    }
    return count
  }

  /** Rows that contain what they must; gap rows besides, which belong to every filter of their time. */
  #testSome(
    chunk: RowChunk,
    from: number,
    to: number,
    candidates: Uint32Array,
    proven: boolean,
    hits: Uint32Array,
  ): number {
    const end = performance.now() + turn
    let count = 0
    let gap = nextGap(chunk, from, to)
    for (const row of candidates) {
      while (gap < row) {
        if (this.#gaps.passes(chunk, gap)) hits[count++] = gap
        gap = nextGap(chunk, gap + 1, to)
      }
      const isGap = gap === row
      if (isGap) gap = nextGap(chunk, gap + 1, to)
      if (isGap ? this.#gaps.passes(chunk, row) : proven || this.#test(row)) hits[count++] = row
      if (this.#isOver(end, row + 1, to)) return count
    }
    while (gap < to) {
      if (this.#gaps.passes(chunk, gap)) hits[count++] = gap
      gap = nextGap(chunk, gap + 1, to)
    }
    return count
  }

  #isOver(end: number, next: number, to: number): boolean {
    if (!this.#isSlow || next >= to || performance.now() < end) return false
    this.#stoppedAt = next
    return true
  }
}

/** The first gap row in [from, to), or `to`. */
function nextGap(chunk: RowChunk, from: number, to: number): number {
  if (!chunk.hasGaps) return to
  let row = from
  while (row < to && !(chunk.flagsOf(row) & rowFlags.gap)) row++
  return row
}

/** The words of a filter that is nothing but words, printable ASCII all: whoever has their bytes has them. */
function wordsOf(node: FilterNode): readonly string[] | null {
  if (node.kind === 'text') return /^[ -~]+$/.test(node.text) ? [node.text.toLowerCase()] : null
  if (node.kind !== 'and') return null
  const words = node.children.map(wordsOf)
  return words.every((each) => each !== null) ? words.flat() : null
}

function anyLeaf(node: FilterNode, holds: (leaf: LeafNode) => boolean): boolean {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.children.some((child) => anyLeaf(child, holds))
    case 'not':
      return anyLeaf(node.child, holds)
    case 'all':
      return false
    case 'field':
    case 'text':
    case 'regex':
      return holds(node)
  }
}

const mentions = (node: FilterNode, field: string): boolean =>
  anyLeaf(node, (leaf) => leaf.kind === 'field' && leaf.field.path[0] === field)

const hasRegex = (node: FilterNode): boolean =>
  anyLeaf(node, (leaf) => leaf.kind === 'regex' || (leaf.kind === 'field' && leaf.test.op === 'regex'))

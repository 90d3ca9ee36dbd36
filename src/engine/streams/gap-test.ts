import { compileFilter, type FilterBudget, type FilterNode, type TimeFrame } from '@shared/filter'
import type { RowChunk } from './row-chunk'

const all: FilterNode = { kind: 'all', span: { offset: 0, length: 0 } }

/** What a filter says of the time alone: every other condition might hold of a row that nobody has seen. */
export function ofTimeAlone(node: FilterNode): FilterNode {
  switch (node.kind) {
    case 'and': {
      const children = node.children.map(ofTimeAlone).filter(({ kind }) => kind !== 'all')
      return children.length === 0 ? all : { ...node, children }
    }
    case 'or': {
      const children = node.children.map(ofTimeAlone)
      return children.some(({ kind }) => kind === 'all') ? all : { ...node, children }
    }
    case 'not':
      return isTime(node.child) ? node : all
    case 'field':
      return isTime(node) ? node : all
    case 'all':
    case 'text':
    case 'regex':
      return all
  }
}

const isTime = (node: FilterNode): boolean =>
  node.kind === 'field' && node.field.path.length === 1 && node.field.path[0] === 'time'

/**
 * Which rows that stand for missing ones a filter shows: those whose time may hold something that matches. A moment of
 * it is enough, its beginning, its middle or its end.
 */
export class GapTest {
  readonly #test: ((row: number) => boolean) | null
  #moment = NaN

  constructor(ast: FilterNode, frame: TimeFrame, budget: FilterBudget) {
    const relaxed = ofTimeAlone(ast)
    const access = { text: () => '', getter: () => () => this.#moment }
    this.#test = relaxed.kind === 'all' ? null : compileFilter(relaxed, access, { frame, budget })
  }

  passes(chunk: RowChunk, row: number): boolean {
    if (!this.#test) return true
    const to = chunk.keyOf(row)
    const from = Math.min(to, beginningOf(chunk, row) ?? to)
    for (const moment of from === to ? [to] : [from, (from + to) / 2, to]) {
      this.#moment = moment
      if (this.#test(row)) return true
    }
    return false
  }
}

/** The row is a gap's own JSON. */
function beginningOf(chunk: RowChunk, row: number): number | null {
  const text = Buffer.from(chunk.bytes.subarray(chunk.startOf(row), chunk.endOf(row))).toString()
  try {
    const gap: unknown = JSON.parse(text)
    return typeof gap === 'object' && gap !== null && 'from' in gap && typeof gap.from === 'number'
      ? gap.from
      : null
  } catch {
    return null
  }
}

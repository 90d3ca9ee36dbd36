import type { ViewUpdate } from '@shared/model/rows'
import { ByteSearch, makeNeedle } from './byte-search'
import { rowFlags, type RowChunk } from './row-chunk'
import type { RowStream } from './row-stream'
import type { RowMatcher } from './row-view'

export interface MatcherOptions {
  readonly kind: 'logs' | 'messages'
  readonly now: () => number
}

/** A filter that finds rows, and what there is to say about it. */
export interface CompiledMatcher extends RowMatcher {
  readonly notices: readonly string[]
  readonly error: ViewUpdate['error']
  /** Why it gave up; null while it runs. */
  stopped(): string | null
}

const search = new ByteSearch()

/** Reads a filter's text. Never throws: what cannot be read is in `error`, and nothing matches. */
export function compileMatcher(text: string, options: MatcherOptions): CompiledMatcher {
  const literal = text.trim()
  const needle = literal === '' ? null : makeNeedle(Buffer.from(literal.slice(0, 512)), true)
  return {
    notices: [],
    error: null,
    stopped: () => null,
    match(chunk: RowChunk, _stream: RowStream, from: number, to: number, hits: Uint32Array) {
      let count = 0
      if (!needle) {
        for (let row = from; row < to; row++) hits[count++] = row
        return count
      }
      const start = chunk.startOf(from)
      search.load(chunk.bytes.subarray(start, chunk.endOf(to - 1)))
      const found = new Set([...search.find(needle)].map((at) => chunk.rowAt(start + at, from)))
      for (let row = from; row < to; row++) {
        if (found.has(row) || chunk.flagsOf(row) & rowFlags.gap) hits[count++] = row
      }
      return count
    },
  }
}

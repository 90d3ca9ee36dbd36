import type { FieldReader } from '../row-sink'
import { rowFlags, type RowChunk } from './row-chunk'
import type { RowStream } from './row-stream'

/** A field that a filter names: its keys from the outside in. */
export type FieldPath = readonly string[]

export interface FieldFound {
  readonly stream: RowStream
  /** Its keys with dots between. */
  readonly name: string
}

interface Wanted {
  readonly name: string
  /** How a row writes the innermost key: as JSON, and before a sign of equality. */
  readonly literals: readonly Buffer[]
}

/**
 * Looks in the rows that are stored for fields that a filter names and no sampled row has: an error's code stands in few
 * rows. The newest chunks first, each row once, so it also sees rows that come later.
 */
export class FieldSearch {
  readonly #wanted: readonly Wanted[]
  /** Rows looked at of each chunk. */
  readonly #looked = new WeakMap<RowChunk, number>()

  constructor(paths: readonly FieldPath[]) {
    this.#wanted = paths.flatMap((path) => {
      const key = path.findLast((each) => !/^\d+$/.test(each))
      if (key === undefined) return []
      return [{ name: path.join('.'), literals: [Buffer.from(`"${key}"`), Buffer.from(`${key}=`)] }]
    })
  }

  /** The first field found, or null; `done`: all rows there are were looked at. */
  step(streams: readonly RowStream[], enough: () => boolean): { found: FieldFound | null; done: boolean } {
    if (this.#wanted.length === 0) return { found: null, done: true }
    for (const { stream, chunk } of this.#pending(streams)) {
      const name = this.#nameIn(stream, chunk)
      if (name !== null) return { found: { stream, name }, done: false }
      this.#looked.set(chunk, chunk.settled)
      if (enough()) return { found: null, done: false }
    }
    return { found: null, done: true }
  }

  #pending(streams: readonly RowStream[]): { stream: RowStream; chunk: RowChunk }[] {
    return streams
      .flatMap((stream) => stream.chunks.map((chunk) => ({ stream, chunk })))
      .filter(({ chunk }) => (this.#looked.get(chunk) ?? 0) < chunk.settled)
      .sort((a, b) => b.chunk.lastKey - a.chunk.lastKey)
  }

  #nameIn(stream: RowStream, chunk: RowChunk): string | null {
    const from = this.#looked.get(chunk) ?? 0
    for (const { name, literals } of this.#wanted) {
      const read = stream.format.field(name)
      if (literals.some((literal) => isIn(chunk, from, literal, read))) return name
    }
    return null
  }
}

/** Whether any row from a number on has the literal, and the field with it. */
function isIn(chunk: RowChunk, from: number, literal: Buffer, read: FieldReader): boolean {
  const { bytes, settled } = chunk
  const end = chunk.textEndOf(settled - 1)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, end)
  let at = text.indexOf(literal, chunk.startOf(from))
  while (at >= 0) {
    const row = chunk.rowAt(at, from)
    const isGap = (chunk.flagsOf(row) & rowFlags.gap) !== 0
    const value = isGap ? undefined : read(bytes, chunk.startOf(row), chunk.endOf(row))
    if (value !== undefined && value !== null) return true
    at = text.indexOf(literal, chunk.textEndOf(row))
  }
  return false
}

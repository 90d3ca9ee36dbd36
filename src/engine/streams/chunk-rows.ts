import type { FieldRef, FieldValue, RowAccess } from '@shared/filter'
import { valueAt } from '@shared/filter'
import { maxLevel } from '../row-sink'
import type { FieldReader } from '../row-sink'
import type { RowChunk } from './row-chunk'
import type { RowStream } from './row-stream'

type Getter = (row: number) => FieldValue

/**
 * Rows of one chunk at a time as a filter reads them: a row is its number in the chunk that was given last, so
 * that testing one makes no object. Text and fields are decoded when they are asked for.
 */
export class ChunkRows implements RowAccess<number> {
  #chunk: RowChunk | null = null
  #stream: RowStream | null = null
  #buffer: Buffer = Buffer.alloc(0)
  #textRow = -1
  #text = ''

  use(chunk: RowChunk, stream: RowStream): void {
    this.#chunk = chunk
    this.#stream = stream
    const { bytes } = chunk
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#textRow = -1
  }

  text(row: number): string {
    if (row === this.#textRow || !this.#chunk) return this.#text
    this.#textRow = row
    this.#text = this.#buffer.toString('utf8', this.#chunk.startOf(row), this.#chunk.endOf(row))
    return this.#text
  }

  getter({ path }: FieldRef): Getter {
    const [first = ''] = path
    if (path.length > 1) return this.#nested(path)
    switch (first) {
      case 'time': {
        // A message that was met late says itself when it was sent.
        const own = this.#reader(first)
        return (row) => (this.#stream?.label.kind === 'messages' ? own(row) : this.#chunk?.keyOf(row))
      }
      case 'level':
      case 'severity':
        return (row) => {
          const level = this.#chunk?.levelOf(row) ?? noRow
          return level <= maxLevel ? level : undefined
        }
      case 'source':
        return () => this.#stream?.label.name
      case 'host': {
        const own = this.#reader(first)
        return (row) => own(row) ?? this.#stream?.label.host
      }
      default:
        return this.#reader(first)
    }
  }

  /** Streams may differ in their format, and one may change its own. */
  #reader(name: string): Getter {
    let format = this.#stream?.format
    let read: FieldReader | undefined
    return (row) => {
      const chunk = this.#chunk
      if (!chunk || !this.#stream) return undefined
      if (!read || format !== this.#stream.format) {
        format = this.#stream.format
        read = format.field(name)
      }
      return read(chunk.bytes, chunk.startOf(row), chunk.endOf(row))
    }
  }

  /** By its whole dotted name first, then below its first key. */
  #nested(path: readonly string[]): Getter {
    const whole = this.#reader(path.join('.'))
    const top = this.#reader(path[0] ?? '')
    return (row) => {
      const flat = whole(row)
      return flat === undefined ? valueAt(top(row), path, 1) : flat
    }
  }
}
const noRow = 15

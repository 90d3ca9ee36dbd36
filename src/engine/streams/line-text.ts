import { rowFlag } from '@shared/model/rows'
import type { FieldReader, RowFormat } from '../row-sink'
import type { RowChunk } from './row-chunk'
import type { RowStream } from './row-stream'

/** Formats that programs read: their lines say the message among much else. */
const structured: ReadonlySet<string> = new Set(['journald-json', 'json'])

type Readers = Readonly<Record<'process' | 'pid' | 'text', FieldReader>>
const known = new WeakMap<RowFormat, Readers | null>()

function readersOf(format: RowFormat): Readers | null {
  let readers = known.get(format)
  if (readers === undefined) {
    readers = structured.has(format.name)
      ? { process: format.field('process'), pid: format.field('pid'), text: format.field('text') }
      : null
    known.set(format, readers)
  }
  return readers
}

/** `process[pid]: message` of a row in a format for programs; null where its text is as good, or has no message. */
export function lineText(chunk: RowChunk, row: number, stream: RowStream | undefined): Uint8Array | null {
  const readers = stream && readersOf(stream.format)
  if (!readers || chunk.flagsOf(row) & rowFlag.gap) return null
  const read = (name: keyof Readers): string => {
    const value = readers[name](chunk.bytes, chunk.startOf(row), chunk.endOf(row))
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  const text = read('text')
  if (text === '') return null
  const [process, pid] = [read('process'), read('pid')]
  const speaker = process === '' ? '' : `${process}${pid === '' ? '' : `[${pid}]`}: `
  return Buffer.from(speaker + text)
}

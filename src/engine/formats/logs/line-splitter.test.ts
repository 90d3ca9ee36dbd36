import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineSplitter } from './line-splitter'

interface Line {
  text: string
  length: number
}

function split(chunks: readonly Uint8Array[], longest?: number): Line[] {
  const lines: Line[] = []
  const splitter = new LineSplitter(({ bytes, offsets, count, cut }) => {
    const lengths = new Map(cut.map(({ index, length }) => [index, length]))
    for (let line = 0; line < count; line++) {
      const [start = 0, end = 0] = offsets.subarray(2 * line, 2 * line + 2)
      const text = Buffer.from(bytes).toString('latin1', start, end)
      lines.push({ text, length: lengths.get(line) ?? end - start })
    }
  }, longest)
  for (const chunk of chunks) {
    // Chunks of a stream are used again by their owner.
    const own = Uint8Array.from(chunk)
    splitter.push(own)
    own.fill(88)
  }
  splitter.flush()
  expect(splitter.pending).toBe(0)
  return lines
}

/** The slow way: all at once. */
function reference(bytes: Uint8Array, longest = Infinity): Line[] {
  const parts = Buffer.from(bytes).toString('latin1').split('\n')
  const last = parts.pop() ?? ''
  const lines = parts.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  if (last !== '') lines.push(last)
  return lines.map((line) => ({ text: line.slice(0, longest), length: line.length }))
}

function chunked(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  let at = 0
  for (let index = 0; at < bytes.length; index++) {
    const size = sizes.length > 0 ? (sizes[index % sizes.length] ?? 1) : bytes.length
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

const piece = fc.constantFrom('\n', '\r\n', '\r', '\0', 'a', 'bcd', '\xff\xfe', 'é', 'x'.repeat(20))
const input = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1'))
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 8 })

describe('splitting lines', () => {
  it('agrees with the slow way for any chunks', () => {
    fc.assert(
      fc.property(input, sizes, (bytes, lengths) => {
        expect(split(chunked(bytes, lengths))).toEqual(reference(bytes))
      }),
      { numRuns: 500 },
    )
  })

  it('agrees with the slow way where lines are cut', () => {
    fc.assert(
      fc.property(input, sizes, fc.integer({ min: 1, max: 30 }), (bytes, lengths, longest) => {
        expect(split(chunked(bytes, lengths), longest)).toEqual(reference(bytes, longest))
      }),
      { numRuns: 500 },
    )
  })

  it('keeps 64 KiB of a line of 100 MB and knows its length', () => {
    const chunk = Buffer.alloc(1 << 20, 'y')
    const lines: { kept: number; length: number | undefined }[] = []
    const splitter = new LineSplitter(({ offsets, count, cut }) => {
      for (let line = 0; line < count; line++) {
        const kept = (offsets[2 * line + 1] ?? 0) - (offsets[2 * line] ?? 0)
        lines.push({ kept, length: cut.find(({ index }) => index === line)?.length })
      }
    })
    splitter.push(Buffer.from('first\n'))
    const before = process.memoryUsage().arrayBuffers
    for (let mebibyte = 0; mebibyte < 100; mebibyte++) splitter.push(chunk)
    expect(splitter.pending).toBe(100 << 20)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20)
    splitter.push(Buffer.from('\r\nlast\n'))
    expect(lines).toEqual([
      { kept: 5, length: undefined },
      { kept: 65_536, length: 100 << 20 },
      { kept: 4, length: undefined },
    ])
  })

  it('cuts long lines inside of one chunk', () => {
    const bytes = Buffer.from(`a\n${'z'.repeat(70_000)}\r\nb\n${'w'.repeat(65_536)}\r\n`)
    expect(split([bytes])).toEqual(reference(bytes, 65_536))
  })

  it('has room for a chunk of nothing but ends', () => {
    expect(split([Buffer.alloc(5_000, '\n')])).toHaveLength(5_000)
  })
})

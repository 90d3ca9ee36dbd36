import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packRows } from './pack-rows'
import { RowStore } from './row-store'
import { RowView } from './row-view'
import { batchOf, containing, testFormat } from './testing/plain'

const label = { host: 'h', kind: 'logs', name: 'a' }

/** A line's text and how it ends. */
const line = fc.record({
  stream: fc.integer({ min: 0, max: 1 }),
  text: fc.string({ maxLength: 40 }).map((text) => text.replace(/[\r\n]/g, '')),
  end: fc.constantFrom('', '\r'),
})

describe('rows packed for a window', () => {
  it('are the texts of the view one after another, each cut, replaced or whole', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 60 }),
        fc.constantFrom('', 'a', ' '),
        fc.integer({ min: 0, max: 50 }),
        fc.boolean(),
        (lines, word, maxBytes, replacing) => {
          const store = new RowStore(1e9)
          const streams = ['a', 'b'].map((name) => store.open({ ...label, name }, testFormat))
          const view = new RowView(store, () => true, containing(word))
          const texts = lines.map(({ text }, at) => `${1_000 + at} 6 ${text}`)
          lines.forEach(({ stream, end }, at) =>
            streams[stream]?.append(batchOf([`${texts[at] ?? ''}${end}`]), 2_000),
          )
          store.tidy(1e9)
          while (!view.step(() => false));
          const other = Buffer.from('other')
          const textOf = replacing
            ? (_: unknown, row: number): Uint8Array | null => (row % 3 === 0 ? other : null)
            : undefined
          const expected = texts
            .map((text, at) => ({
              text,
              row: lines.slice(0, at).filter((l) => l.stream === lines[at]?.stream).length,
            }))
            .filter(({ text }) => text.includes(word))
            .map(({ text, row }) => (replacing && row % 3 === 0 ? other : Buffer.from(text)))
          const batch = packRows(view, view.index.first, view.index.length, { maxBytes, textOf })
          const got = [...batch.ends].map((end, at) =>
            Buffer.from(batch.text.subarray(batch.ends[at - 1] ?? 0, end)).toString('latin1'),
          )
          expect(got).toEqual(expected.map((text) => text.subarray(0, maxBytes).toString('latin1')))
          expect([...batch.lengths]).toEqual(expected.map((text) => text.length))
          expect(batch.text.length).toBe(batch.ends.at(-1) ?? 0)
        },
      ),
    )
  })
})

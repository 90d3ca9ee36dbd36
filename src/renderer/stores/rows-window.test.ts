import { calls } from '@shared/contract'
import { validate } from '@shared/errors'
import type { RowBatch, ViewUpdate } from '@shared/model/rows'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTestApp, type TestApp } from '../test-app'
import { useRowsView, type RowsView } from './rows-view'
import { useRowWindow, type RowWindow } from './rows-window'

/** A list of rows as the engine keeps one: rows come at the end, leave at the start, and between others. */
class TestRows {
  first = 0
  sequences: number[] = []

  get end(): number {
    return this.first + this.sequences.length
  }

  batch(from: number, count: number): RowBatch {
    const start = Math.min(Math.max(from, this.first), this.end)
    const rows = this.sequences.slice(start - this.first, Math.max(0, from + count - this.first))
    const texts = rows.map((sequence) => `row ${sequence}`)
    let end = 0
    return {
      from: start,
      streams: Uint32Array.from(rows, () => 1),
      sequences: Float64Array.from(rows),
      times: Float64Array.from(rows, (sequence) => 1_000 * sequence),
      levels: Uint8Array.from(rows, () => 6),
      flags: new Uint8Array(rows.length),
      marks: new Uint8Array(rows.length),
      lengths: Uint32Array.from(texts, (text) => text.length),
      ends: Uint32Array.from(texts, (text) => (end += text.length)),
      text: new TextEncoder().encode(texts.join('')),
    }
  }

  locate(sequence: number): number | null {
    if (sequence < (this.sequences[0] ?? 0)) return null
    const at = this.sequences.findIndex((other) => other >= sequence)
    return at < 0 ? this.end : this.first + at
  }

  update(view: string): ViewUpdate {
    const { first, end } = this
    const rest = { revision: 0, used: 0, limit: 1, streams: [], notices: [], error: null, stopped: null }
    return {
      view,
      first,
      end,
      looked: end - first,
      rows: end - first,
      ...rest,
      tail: this.batch(end - 50, 50),
    }
  }
}

const [viewOne, viewTwo] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
let app: TestApp
let rows: TestRows
let window: RowWindow
let view: RowsView
const becomes = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000 })
const shown = (): number[] =>
  window.rows.value
    .filter(
      ({ position }) =>
        position >= window.top.value && position + 1 <= window.top.value + window.capacity.value,
    )
    .map(({ sequence }) => sequence)
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at)
function tell(id = viewOne): void {
  app.engine.push('rows.view', rows.update(id))
}

beforeEach(async () => {
  rows = new TestRows()
  rows.sequences = range(0, 200)
  app = createTestApp('', {
    'rows.read': (params) => {
      const { from, count } = validate(calls['rows.read'].params, params, 'params')
      return rows.batch(from, count)
    },
    'rows.locate': (params) => {
      const { at } = validate(calls['rows.locate'].params, params, 'params')
      return { position: at.kind === 'row' ? rows.locate(at.sequence) : null }
    },
  })
  const selection = { kind: 'logs' as const, hosts: ['a'], streams: [], filter: '', utcOffset: 0 }
  app.run(() => {
    view = useRowsView(
      () => selection,
      50,
      (update) => window.heard(update),
    )
    window = useRowWindow(view, () => null)
  })
  window.resize(10)
  await becomes(() => expect(app.engine.wanted('rows.view')).toHaveLength(1))
  tell()
  await becomes(() => expect(shown()).toEqual(range(190, 200)))
})
afterEach(() => {
  app.close()
  vi.unstubAllGlobals()
})

describe('rows on screen', () => {
  it('follow the end by what each update brings, and ask for nothing', async () => {
    rows.sequences.push(200, 201)
    tell()
    await becomes(() => expect(shown()).toEqual(range(192, 202)))
    expect(app.engine.called.map(({ name }) => name)).toEqual([])
    expect(window.unseen.value).toBe(0)
  })

  it('stand still where they are read while rows come and leave; the new ones are counted', async () => {
    window.scrollTo(100)
    await becomes(() => expect(shown()).toEqual(range(100, 110)))
    rows.sequences.push(...range(200, 230))
    rows.sequences.splice(0, 50)
    rows.first = 50
    tell()
    await becomes(() => expect(window.unseen.value).toBe(30))
    expect(shown()).toEqual(range(100, 110))
    window.setFollow(true)
    expect(shown()).toEqual(range(220, 230))
    expect(window.unseen.value).toBe(0)
  })

  it('stay where they are when following ends, also after a list that was read while it followed', async () => {
    rows.sequences = [0]
    tell(viewTwo)
    await becomes(() => expect(shown()).toEqual([0]))
    window.refresh()
    rows.sequences = range(0, 300)
    tell(viewTwo)
    await becomes(() => expect(shown()).toEqual(range(290, 300)))
    window.setFollow(false)
    rows.sequences.push(300)
    tell(viewTwo)
    await becomes(() => expect(window.unseen.value).toBe(1))
    expect(shown()).toEqual(range(290, 300))
    expect(window.top.value).toBe(290)
  })

  it('stay at their row where others come in between', async () => {
    window.scrollTo(100)
    await becomes(() => expect(shown()).toEqual(range(100, 110)))
    rows.sequences.splice(20, 0, 19.25, 19.5, 19.75)
    tell()
    await becomes(() => expect(window.top.value).toBe(103))
    await becomes(() => expect(shown()).toEqual(range(100, 110)))
  })

  it('stay at the row that is held when another filter shows fewer rows, and come back to it', async () => {
    window.scrollTo(100)
    window.hold({ stream: 1, sequence: 104, position: 104 })
    await becomes(() => expect(shown()).toEqual(range(100, 110)))
    const all = rows.sequences
    rows.sequences = all.filter((sequence) => sequence % 2 === 0)
    tell(viewTwo)
    await becomes(() => expect(shown()).toEqual(range(0, 10).map((at) => 96 + 2 * at)))
    rows.sequences = all
    tell(viewOne)
    await becomes(() => expect(shown()).toEqual(range(100, 110)))
  })

  it('never leave the list: less than a screen is at the top, and what left makes room', async () => {
    window.scrollTo(-50)
    await becomes(() => expect(shown()).toEqual(range(0, 10)))
    rows.sequences.splice(0, 150)
    rows.first = 150
    tell()
    await becomes(() => expect(shown()).toEqual(range(150, 160)))
    rows.sequences = [150]
    rows.first = 0
    tell(viewTwo)
    await becomes(() => expect(shown()).toEqual([150]))
  })

  it('come onto the screen with as little movement as possible', async () => {
    window.scrollTo(100)
    window.reveal(105)
    expect(window.top.value).toBe(100)
    window.reveal(112)
    expect(window.top.value).toBe(103)
    window.reveal(99)
    expect(window.top.value).toBe(99)
    window.reveal(150, 'third')
    await becomes(() => expect(shown()).toEqual(range(147, 157)))
  })
})

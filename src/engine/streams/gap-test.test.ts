import { parseFilter, printFilter, logFields } from '@shared/filter'
import { describe, expect, it } from 'vitest'
import { compileMatcher } from './filter-matcher'
import { ofTimeAlone } from './gap-test'
import { RowStore } from './row-store'
import { RowView } from './row-view'
import { testFormat } from './testing/plain'

const relaxed = (text: string): string => {
  const { ast } = parseFilter(text, { fields: logFields })
  return ast ? printFilter(ofTimeAlone(ast)) : 'unreadable'
}

describe('rows that stand for missing ones', () => {
  it('are asked for their time alone', () => {
    expect(relaxed('time:>2026-01-01 process:xapi')).toBe(relaxed('time:>2026-01-01'))
    expect(relaxed('time:>2026-01-01 OR timeout')).toBe('')
    expect(relaxed('NOT (time:>2026-01-01 timeout)')).toBe('')
    expect(relaxed('NOT time:>2026-01-01')).not.toBe('')
  })

  it('show in every filter that does not rule their time out', () => {
    const at = (minute: number): number => Date.UTC(2026, 0, 1, 12, minute)
    const store = new RowStore(1e9)
    const stream = store.open({ host: 'h', kind: 'logs', name: 'a' }, testFormat)
    stream.gap({ count: 3, from: at(0), to: at(10), reason: 'lost' }, at(10))
    stream.gap({ count: null, from: null, to: at(30), reason: 'lost' }, at(30))
    const shown = (text: string): number => {
      const view = new RowView(store, () => true, compileMatcher(text, { kind: 'logs', now: () => at(40) }))
      while (!view.step(() => false));
      const { length } = view.index
      view.close()
      return length
    }
    expect(shown('')).toBe(2)
    expect(shown('no such word')).toBe(2)
    expect(shown('time:>2026-01-01T12:20:00Z timeout')).toBe(1)
    expect(shown('time:<2026-01-01T12:01:00Z')).toBe(1)
    expect(shown('time:<2025-12-31')).toBe(0)
    expect(shown('time:>-15m')).toBe(1)
  })
})

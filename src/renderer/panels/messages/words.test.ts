import { messageFields, parseFilter } from '@shared/filter'
import { describe, expect, it } from 'vitest'
import { cellFilter } from './cell-filter'
import { coverageText, listenerLight } from './listener-light'

describe('the filter of a cell', () => {
  const cell = { service: 'storage', method: null, from: 0, to: 2_000, low: 0.0133352, high: 0.0177828 }

  it('names service, latency and time', () => {
    expect(cellFilter(cell)).toBe(
      'kind:response service=storage latency:[13.3352ms to 17.7828ms] time:[1970-01-01T00:00:00.000Z to 1970-01-01T00:00:01.999Z]',
    )
    expect(cellFilter({ ...cell, low: 30, high: null })).toContain(' latency:>=30s ')
    expect(cellFilter({ ...cell, low: null, high: 1e-4 })).toContain(' latency:<0.1ms ')
  })

  it('can be read whatever the names are', () => {
    for (const name of ['a b', 'x" or y', '(', '-a', '', '*', '[1 to 2]', 'not', '\u0000']) {
      const text = cellFilter({ ...cell, service: name, method: name })
      const { ast, error } = parseFilter(text, { fields: messageFields })
      expect(error, text).toBeUndefined()
      expect(ast).toMatchObject({ kind: 'and', children: { length: 5 } })
    }
  })
})

describe('words for a bus', () => {
  it('say of listeners what is the matter, and it is worse where messages wait', () => {
    expect(listenerLight({ kind: 'listening' }, 3, 0)).toMatchObject({ light: 'green', label: 'listening' })
    expect(listenerLight({ kind: 'never-started' }, 0, 0)).toMatchObject({
      light: 'amber',
      label: 'never started',
    })
    expect(listenerLight({ kind: 'never-started' }, 1, 0).light).toBe('red')
    expect(listenerLight({ kind: 'unresponsive', since: 1_000 }, 0, 13_400).label).toBe(
      'unresponsive 12\u00a0s',
    )
    expect(listenerLight(null, 0, 0).light).toBe('off')
    expect(listenerLight({ kind: 'listening' }, 0, 0, true)).toMatchObject({
      light: 'stale',
      label: 'was listening',
    })
  })

  it('never round coverage up to all', () => {
    expect(coverageText({ seen: 10, missed: 0, share: 1 })).toBe('saw every event (10)')
    expect(coverageText({ seen: 9_999, missed: 1, share: 0.9999 })).toBe(
      'saw 99.9 % of events; 1 declared lost',
    )
    expect(coverageText({ seen: 97, missed: 3, share: 0.97 })).toBe('saw 97 % of events; 3 declared lost')
    expect(coverageText({ seen: 5, missed: 0, share: null })).toContain('unknown')
  })
})

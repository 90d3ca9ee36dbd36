import { describe, expect, it } from 'vitest'
import { allFields, complete, withTerm, type ClickedValue } from './index'

const valuesOf = (field: string): string[] =>
  field === 'process' ? ['xapi', 'xenopsd-xc', 'SM GC'] : field === 'params.sr' ? ['b7f1'] : []

/** The caret is `¦`; what comes out is the text with the first suggestions put in. */
function completed(marked: string): string[] {
  const caret = marked.indexOf('¦')
  const text = marked.replace('¦', '')
  const { offset, length, suggestions } = complete(text, caret, { fields: allFields, valuesOf })
  return suggestions.map(({ text: put }) => text.slice(0, offset) + put + text.slice(offset + length))
}

describe('completion', () => {
  const table: readonly (readonly [marked: string, first: readonly string[]])[] = [
    ['pro¦', ['process:']],
    ['-pro¦', ['-process:']],
    ['!pro¦', ['!process:']],
    ['(a or pro¦', ['(a or process:']],
    ['pro¦ and b', ['process: and b']],
    ['pro¦cess:xapi', ['process:xapi']],
    ['lev¦', ['level:']],
    ['tency¦', ['latency:']],
    ['process:¦', ['process:xapi', 'process:xenopsd-xc', 'process:"SM GC"', 'process:*']],
    ['process: ¦', ['process: xapi', 'process: xenopsd-xc']],
    ['process:xe¦', ['process:xenopsd-xc']],
    ['process:x¦api or b', ['process:xapi or b', 'process:xenopsd-xc or b']],
    ['process:¦xapi', ['process:xapi', 'process:xenopsd-xc']],
    ['process:"SM¦', ['process:"SM GC"']],
    ['process:(xapi or ¦', ['process:(xapi or xapi', 'process:(xapi or xenopsd-xc']],
    ['process:(xapi or xe¦)', ['process:(xapi or xenopsd-xc)']],
    ['process!=x¦', ['process!=xapi']],
    ['level:¦', ['level:>=warning', 'level:>=error', 'level:emergency']],
    ['level:>=¦', ['level:>=warning', 'level:>=error']],
    ['level:>=cr¦', ['level:>=critical']],
    ['level:(>=cr¦', ['level:(>=critical']],
    ['time:¦', ['time:>-5m', 'time:>-15m']],
    ['time:>¦', ['time:>-5m']],
    ['latency:[¦', ['latency:[100ms', 'latency:[1s']],
    ['latency:[1s to 5¦', ['latency:[1s to 5s']],
    ['ok:¦', ['ok:true', 'ok:false', 'ok:*']],
    ['kind:re¦', ['kind:request', 'kind:response']],
    ['params.sr:¦', ['params.sr:b7f1', 'params.sr:*']],
    ['an¦', []],
    ['a an¦', ['a and']],
    ['a ¦', ['a time:']],
    ['¦', ['time:']],
    ['process:xapi o¦', ['process:xapi ok:']],
    ['/ab/¦', []],
    ['"ab¦', []],
    ['"ab"¦', []],
  ]
  it.each(table)('%s', (marked, first) => {
    const all = completed(marked)
    expect(all.slice(0, first.length)).toEqual(first)
    if (first.length === 0)
      expect(all.filter((text) => /an(?:d|:)/.test(text) && marked === 'an¦')).toEqual([])
  })

  it('offers the keywords after a term', () => {
    expect(completed('a ¦')).toEqual(expect.arrayContaining(['a and', 'a or', 'a not']))
    expect(completed('¦')).not.toContain('and')
    expect(completed('process:xapi o¦')).toContain('process:xapi or')
  })
})

describe('a click on a value', () => {
  const table: readonly (readonly [
    text: string,
    path: string | null,
    value: ClickedValue,
    mode: 'include' | 'exclude',
    result: string,
  ])[] = [
    ['', 'process', 'xapi', 'include', 'process=xapi'],
    ['', 'process', 'xapi', 'exclude', '-process=xapi'],
    ['a', 'process', 'SM GC', 'include', 'a process="SM GC"'],
    ['a or b', 'process', 'xapi', 'include', '(a or b) process=xapi'],
    ['a process=xapi b', 'process', 'xapi', 'include', 'a b'],
    ['a and process=xapi and b', 'process', 'xapi', 'include', 'a and b'],
    ['process=xapi and b', 'process', 'xapi', 'include', 'b'],
    ['process=xapi', 'process', 'xapi', 'include', ''],
    ['process:xapi  b', 'process', 'xapi', 'exclude', '-process=xapi  b'],
    ['not process=xapi b', 'process', 'xapi', 'include', 'process=xapi b'],
    ['-process=xapi b', 'process', 'xapi', 'exclude', 'b'],
    ['(process=xapi) b', 'process', 'xapi', 'include', 'b'],
    ['a (process=xapi or b)', 'process', 'xapi', 'include', 'a (process=xapi or b) process=xapi'],
    ['', 'latency', 250, 'include', 'latency=250ms'],
    ['', 'size', 65_536, 'include', 'size=65536'],
    ['', 'time', 1_770_120_000_123, 'include', 'time=2026-02-03T12:00:00.123Z'],
    ['', 'ok', false, 'exclude', '-ok=false'],
    ['', 'params.n', null, 'include', 'params.n=null'],
    ['', 'task', 'say "hi"\\', 'include', 'task="say \\"hi\\"\\\\"'],
    ['', 'task', 'and', 'include', 'task="and"'],
    ['', null, 'R:5f3a', 'include', '"R:5f3a"'],
    ['x "R:5f3a"', null, 'R:5f3a', 'include', 'x'],
    ['x -"R:5f3a"', null, 'R:5f3a', 'include', 'x "R:5f3a"'],
    ['"open', 'process', 'xapi', 'include', '"open process=xapi'],
  ]
  it.each(table)('%s, %s = %s, %s', (text, path, value, mode, result) => {
    expect(withTerm(text, path?.split('.') ?? null, value, mode, allFields)).toBe(result)
  })

  it('writes keys that hold syntax', () => {
    expect(withTerm('', ['params', 'OpaqueRef:1 x.y'], 'a', 'include', allFields)).toBe(
      'params.OpaqueRef\\:1\\ x\\.y=a',
    )
  })
})

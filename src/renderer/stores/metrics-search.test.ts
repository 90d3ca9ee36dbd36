import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findExact, findFuzzy, fold, highlight, searchWords } from './metrics-search'

const score = (text: string, word: string): number => findFuzzy(fold(text), word)?.score ?? 0

describe('finding by letters', () => {
  it('takes a word as it is before one with letters left out, and its beginning before its middle', () => {
    expect(score('usage', 'usage')).toBeGreaterThan(score('cpu_usage', 'usage'))
    expect(score('cpu_usage', 'usage')).toBeGreaterThan(score('misusage', 'usage'))
    expect(score('misusage', 'usage')).toBeGreaterThan(score('cpu_usage', 'usge'))
    expect(score('cpu_usage', 'usge')).toBeGreaterThan(0)
  })

  it('finds no letters that are strewn over a long text, and no two letters apart', () => {
    expect(score('disk unusual garbage', 'usge')).toBe(0)
    expect(score('cpu', 'cu')).toBe(0)
    expect(score('cpu', 'cpux')).toBe(0)
  })

  it('finds whatever is in a text, and marks exactly that', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ minLength: 1, maxLength: 5 }),
        fc.string(),
        (before, word, after) => {
          const text = before + word + after
          const hit = findExact(fold(text), fold(word))
          const [start = -1, end = -1] = hit?.spans[0] ?? []
          expect(fold(text).slice(start, end)).toBe(fold(word))
          expect(
            highlight(text, [fold(word)])
              .map((segment) => segment.text)
              .join(''),
          ).toBe(text)
        },
      ),
    )
  })

  it('marks letters of a fuzzy hit, in the text as it is written', () => {
    expect(highlight('CPU_Usage', ['usge'])).toEqual([
      { text: 'CPU_', hit: false },
      { text: 'Us', hit: true },
      { text: 'a', hit: false },
      { text: 'ge', hit: true },
    ])
    // Its lower case is longer than itself: places would shift.
    expect(highlight('İ usage', ['usage']).at(-1)).toEqual({ text: 'usage', hit: true })
  })

  it('splits what was typed into a few words', () => {
    expect(searchWords('  Eth0\tRX ')).toEqual(['eth0', 'rx'])
    expect(searchWords('a '.repeat(1_000))).toHaveLength(8)
  })
})

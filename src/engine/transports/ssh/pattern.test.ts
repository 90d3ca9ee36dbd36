import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesPattern, matchHostList, matchPatternList } from './pattern'

const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 })
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 })

describe('matchesPattern', () => {
  it('agrees with the same pattern as a regular expression', () => {
    fc.assert(
      fc.property(text, pattern, (subject, written) => {
        const source = written.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
        expect(matchesPattern(subject, written)).toBe(new RegExp(`^${source}$`, 's').test(subject))
      }),
      { numRuns: 2_000 },
    )
  })

  it('counts case, and takes brackets and backslashes literally', () => {
    expect(matchesPattern('Host', 'host')).toBe(false)
    expect(matchesPattern('[::1]:22', '[*]:22')).toBe(true)
    expect(matchesPattern('a', '[a]')).toBe(false)
    expect(matchesPattern('a*', 'a\\*')).toBe(false)
  })

  it('ends on patterns that would take a backtracking matcher for ever', () => {
    expect(matchesPattern('a'.repeat(5_000), `${'*a'.repeat(200)}b`)).toBe(false)
  })
})

describe('matchPatternList', () => {
  it.each([
    ['db1', 'db1', 'match'],
    ['db1', 'web*,db?', 'match'],
    ['db1', 'db*,!db1', 'negated'],
    ['db1', '!db1,db*', 'negated'],
    ['db1', '!web', 'none'],
    ['db1', '', 'none'],
    ['', 'a,', 'none'],
    ['', 'a,,b', 'match'],
    ['db1', `${'x'.repeat(1023)},db1`, 'none'],
  ] as const)('%s in "%s": %s', (subject, list, expected) => {
    expect(matchPatternList(subject, list)).toBe(expected)
  })

  it('compares host names without regard to case, ASCII only', () => {
    expect(matchHostList('DB1.Example', 'db?.EXAMPLE')).toBe('match')
    expect(matchHostList('\u00c9', '\u00e9')).toBe('none')
  })
})

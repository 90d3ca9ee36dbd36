import { describe, expect, it } from 'vitest'
import { firstWord, splitArguments, splitLine } from './words'

describe('splitLine', () => {
  it.each([
    ['Port 22', 'port', ['22']],
    ['  PORT=22', 'port', ['22']],
    ['Port = 22 # usual', 'port', ['22']],
    ['Port\t=\t22 \r\f', 'port', ['22']],
    ['"Port" 22', 'port', ['22']],
    ['SetEnv A=b', 'setenv', ['A=b']],
    ['User "do main\\\\me"', 'user', ['do main\\me']],
    ['User \'a "b"\'', 'user', ['a "b"']],
    ['User a\\ b', 'user', ['a b']],
    ['User a"b c"d', 'user', ['ab cd']],
    ['Port==22', 'port', ['=22']],
    ['Port 22\u0000 23', 'port', ['22']],
  ])('%j', (line, keyword, args) => {
    expect(splitLine(line)).toMatchObject({ keyword, args })
  })

  it.each(['', '   ', '\t', '# Port 22', '  #x', '""'])('%j says nothing', (line) => {
    expect(splitLine(line)).toBeNull()
  })

  it('tells a mistake from a line that ssh passes over', () => {
    expect(splitLine('User "me')).toMatchObject({ kind: 'mistake' })
    expect(splitLine('"User me')).toMatchObject({ kind: 'note' })
    expect(splitLine('User # me')).toMatchObject({ keyword: 'user', args: [] })
  })
})

describe('firstWord', () => {
  it('ends a word behind a quote, and takes one equals sign', () => {
    expect(firstWord('a"b c"d e')).toEqual({ word: 'ab c', rest: 'd e' })
    expect(firstWord('a = = b')).toEqual({ word: 'a', rest: '= b' })
    expect(firstWord('a')).toEqual({ word: 'a', rest: null })
    expect(firstWord('"a')).toEqual({ word: null, rest: null })
  })
})

describe('splitArguments', () => {
  it('takes # as a comment only at the start of a word', () => {
    expect(splitArguments('a#b #c d')).toEqual(['a#b'])
    expect(splitArguments('"" x')).toEqual(['', 'x'])
    expect(splitArguments("a 'b")).toBeNull()
  })
})

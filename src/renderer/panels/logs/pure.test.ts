import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAnsi } from './ansi'
import { clickedValues, layOutJson, plainValue } from './json-text'
import { cutNote, gapSentence, lineOf, shortSource, taskIdOf } from './row-text'
import { markTerm, withSpeaker } from './segments'
import { severityOf } from './severity'
import { visibleText } from './visible-text'

const esc = '\u001b'

describe('visible text', () => {
  it('makes controls, marks of direction and invisible characters visible', () => {
    expect(visibleText('a\u0000b\u0007c\u007fd\u0085e\rf')).toBe('a⟨NUL⟩b⟨BEL⟩c⟨DEL⟩d⟨U+0085⟩e⟨CR⟩f')
    expect(visibleText('evil\u202egpj.exe\u2066 \u200b\ufeff')).toBe('evil⟨RLO⟩gpj.exe⟨LRI⟩ ⟨ZWSP⟩⟨BOM⟩')
    expect(visibleText('tag\u{e0041} lone\ud800')).toBe('tag⟨U+E0041⟩ lone⟨U+D800⟩')
  })
  it('leaves text, tabs and line feeds alone', () => {
    const text = 'Grüße\t日本語 🙂 \u2014 שלום\nnext'
    expect(visibleText(text)).toBe(text)
  })
  it('never lets a control or mark of direction through, whatever the text is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visibleText(text)).not.toMatch(
          /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
        )
      }),
    )
  })
})

describe('colours of terminals', () => {
  it('become runs of text', () => {
    expect(readAnsi(`a${esc}[31mred${esc}[1;92mgreen${esc}[0m end`)).toEqual([
      { text: 'a', style: '' },
      { text: 'red', style: 'ansi-1' },
      { text: 'green', style: 'ansi-2 ansi-bold' },
      { text: ' end', style: '' },
    ])
  })
  it('are of the palette only: 256 and true colours become the nearest', () => {
    const styles = readAnsi(`${esc}[38;5;196ma${esc}[38;2;10;20;250mb${esc}[38:5:250mc${esc}[48;5;46md`)
    expect(styles.map(({ style }) => style)).toEqual(['ansi-1', 'ansi-4', 'ansi-7', 'ansi-on-2'])
  })
  it('cannot hide text: ink on a ground is ours, concealed text shows', () => {
    expect(readAnsi(`${esc}[30;40mhidden`)).toEqual([{ text: 'hidden', style: 'ansi-on-0' }])
    expect(readAnsi(`${esc}[8mhidden`)).toEqual([{ text: 'hidden', style: '' }])
  })
  it('leave every other sequence as visible text', () => {
    expect(readAnsi(`${esc}[2J${esc}]8;;http://x${esc}\\link`)[0]?.text).toBe(
      '⟨ESC⟩[2J⟨ESC⟩]8;;http://x⟨ESC⟩\\link',
    )
  })
  it('lose no character of the text', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(`${esc}[1m`, `${esc}[0;31m`, `${esc}[`, `${esc}[9`, 'm'),
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('')

        const bare = text.replace(/(?:\u001b\[|\u009b)[\d;:]{0,64}m/g, '')
        expect(
          readAnsi(text)
            .map((run) => run.text)
            .join(''),
        ).toBe(visibleText(bare))
      }),
    )
  })
})

describe('a line of a row', () => {
  it('leaves out the stamp that the time column shows', () => {
    const heads = [
      'Nov 22 13:57:59 xen0 xapi: [debug||12 |x|y] text',
      '<30>Nov  2 13:57:59 xen0 xapi: text',
      '2026-11-22T13:57:59.123456+00:00 xen0 xapi: text',
      '[2026-11-22 13:57:59,123] text',
      '[20261122T13:57:59.123Z|debug|xen0] text',
      'no stamp 2026-11-22T13:57:59Z text',
    ].map((text) => lineOf(text, false).head)
    expect(heads).toEqual([
      'xapi: [debug||12 |x|y] text',
      'xapi: text',
      'xapi: text',
      'text',
      '|debug|xen0] text',
      'no stamp 2026-11-22T13:57:59Z text',
    ])
  })
  it('counts the lines below the first', () => {
    expect(lineOf('one\ntwo\nthree', false)).toEqual({ head: 'one', further: '+2 lines' })
    expect(lineOf('one\ntwo', false).further).toBe('+1 line')
    expect(lineOf('one\ntw', true).further).toBe('+1… lines')
  })
  it('says what is missing, how much, since when and why', () => {
    const at = Date.UTC(2026, 10, 22, 14, 5, 9)
    const text = JSON.stringify({ count: 1204, from: at, to: at + 3_000, reason: 'the file was truncated' })
    expect(gapSentence(text, 'UTC')).toBe(
      '1,204 lines lost between 14:05:09 and 14:05:12: the file was truncated',
    )
    const open = JSON.stringify({ count: null, from: null, to: at, reason: 'rotated away' })
    expect(gapSentence(open, 'UTC')).toBe('An unknown number of lines lost before 14:05:09: rotated away')
    expect(gapSentence('{', 'UTC')).toBe('Rows were lost here.')
    expect(cutNote(5 * 2 ** 20)).toBe('cut, was 5\u00a0MiB')
  })
  it('names its task', () => {
    expect(taskIdOf('[debug|xen0|12 |VM.start R:5f3a1c0d8e7b|x] at D:0123456789ab')).toBe('R:5f3a1c0d8e7b')
    expect(taskIdOf('vdi b7f1d7fc-0000-4000-8000-000000000001 gone')).toBe(
      'b7f1d7fc-0000-4000-8000-000000000001',
    )
    expect(taskIdOf('12:30:05 C:\\temp')).toBeNull()
    expect(shortSource('/var/log/xensource.log')).toBe('xensource.log')
    expect(severityOf(3)).toMatchObject({ short: 'ERR', tone: 'error' })
    expect(severityOf(null).name).toBe('unknown')
  })
  it('sets who says it apart from what is said', () => {
    const parts = (text: string) => withSpeaker(readAnsi(text)).map((run) => `${run.style}|${run.text}`)
    expect(parts('xapi: [debug||1 |x|y] text')).toEqual(['speaker|xapi: [debug||1 |x|y] ', '|text'])
    expect(parts('sshd[12]: text')).toEqual(['speaker|sshd[12]: ', '|text'])
    expect(parts('just text')).toEqual(['|just text'])
  })
  it('marks a term in every run, and keeps the text', () => {
    const runs = [
      { text: 'xax', style: '' },
      { text: 'a', style: 'ansi-1' },
    ]
    expect(markTerm(runs, 'a')).toEqual([
      { text: 'x', style: '' },
      { text: 'a', style: 'term' },
      { text: 'x', style: '' },
      { text: 'a', style: 'ansi-1 term' },
    ])
  })
})

describe('JSON text', () => {
  it('keeps its digits and reads as the same value', () => {
    expect(layOutJson('{"id":12345678901234567890,"a":[1,{"b":"x,{y}"}],"e":{},"f":[ ]}')).toBe(
      '{\n  "id": 12345678901234567890,\n  "a": [\n    1,\n    {\n      "b": "x,{y}"\n    }\n  ],\n  "e": {},\n  "f": []\n}',
    )
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(JSON.parse(layOutJson(json))).toEqual(JSON.parse(json))
      }),
    )
    expect([plainValue('"a\\nb"'), plainValue('12345678901234567890')]).toEqual([
      'a\nb',
      '12345678901234567890',
    ])
  })
  it('goes into a filter as its value, a list as its elements', () => {
    expect(['"a"', '7', 'true', '12345678901234567890'].map(clickedValues)).toEqual([
      ['a'],
      [7],
      [true],
      ['12345678901234567890'],
    ])
    expect(clickedValues('["a","b7","a",{"c":1},null,""]')).toEqual(['a', 'b7'])
    expect(['[]', '{}', 'null', '[null]'].map(clickedValues)).toEqual([[], [], [], []])
  })
})

import { describe, expect, it } from 'vitest'
import { logFormats } from './choose'
import { createLineHead } from './format'
import { severityOfNumber, severityOfWord } from './severity'
import { guessSeverity } from './severity-guess'
import { fieldOf, headOf, placed, utc } from './testing/lines'
import { TimeResolver } from './time/resolver'

const { plain } = logFormats
const at = Date.UTC(2026, 10, 24, 16, 40, 33)

describe('plain lines', () => {
  it.each([
    ['2026-11-24 16:40:33,250 ERROR [main] x', at + 250, 3, 'none', '2026-11-24 16:40:33,250'],
    ['2026/11/24 16:40:33 [error] 12#12: *1 x', at, 3, 'none', '2026/11/24 16:40:33'],
    ['[2026-11-24 16:40:33 UTC] (XEN) x', at, 255, 'none', '2026-11-24 16:40:33 UTC'],
    ['2026-11-24T16:40:33+0100 x', at - 3_600_000, 255, 'none', '2026-11-24T16:40:33+0100'],
    ['1795538433.250 x', at + 250, 255, 'none', '1795538433.250'],
    ['1795538433250 x', at + 250, 255, 'none', '1795538433250'],
    ['Nov 24 16:40:33 x', at, 255, 'year', 'Nov 24 16:40:33'],
    ['17 bottles', NaN, 255, 'none', null],
    ['1795538433 bottles', NaN, 255, 'none', null],
    ['[7] x', NaN, 255, 'none', null],
    ['', NaN, 255, 'none', null],
  ])('%j', (line, time, severity, assumed, text) => {
    expect(headOf(plain, line)).toEqual({ time, severity, continues: line === '', assumed })
    expect(fieldOf(plain, line, 'time')).toBe(text)
    expect(fieldOf(plain, line, 'text')).toBe(line)
  })

  it("reads the kernel's ring", () => {
    const line = '<4>[12345.678901] xenbr0: port 1 entered blocking state'
    expect(headOf(plain, line)).toMatchObject({ time: NaN, severity: 4, continues: false })
    expect(headOf(plain, line, { ...utc, bootTime: at - 12_345_000 }).time).toBeCloseTo(at + 678.901, 3)
    expect(fieldOf(plain, line, 'uptime')).toBe('12345.678901')
  })

  it('joins stack traces to their record', () => {
    const lines = [
      '2026-11-24 16:40:33 ERROR boom',
      'Traceback (most recent call last):',
      '  File "x.py", line 3',
      'ValueError: x',
      '',
      '2026-11-24 16:40:34 INFO next',
    ]
    const times = new TimeResolver(utc)
    const out = createLineHead()
    const continued = lines.map((line) => {
      const { bytes, start, end } = placed(line)
      plain.head(bytes, start, end, times, out)
      return out.continues
    })
    expect(continued).toEqual([false, true, true, true, true, false])
  })

  it('takes each line of a file without times as a record', () => {
    expect(headOf(plain, 'one').continues).toBe(false)
    expect(headOf(plain, 'Caused by: x').continues).toBe(true)
  })
})

describe('severity', () => {
  const word = (text: string): number => severityOfWord(Buffer.from(text), 0, text.length)
  const guess = (text: string): number => {
    const { bytes, start, end } = placed(text)
    return guessSeverity(bytes, start, end)
  }

  it('knows the usual words in any case', () => {
    expect(['EMERG', 'Alert', 'crit', 'FATAL', 'err', 'Warn', 'WARNING', 'notice'].map(word)).toEqual([
      0, 1, 2, 2, 3, 4, 4, 5,
    ])
    expect(['Information', 'DEBUG', 'trace', 'verbose', 'I', 'W', 'E'].map(word)).toEqual([
      6, 7, 7, 7, 6, 4, 3,
    ])
    expect(['', 'errors', 'warned', 'in', 'informationally', 'x'].map(word)).toEqual(Array(6).fill(255))
  })

  it('knows the usual numbers', () => {
    expect([0, 3, 7, 10, 20, 30, 40, 50, 60, 35].map((n) => severityOfNumber(n))).toEqual([
      0, 3, 7, 7, 7, 6, 4, 3, 2, 6,
    ])
    expect([8, 9, 100, -1, 2.5, NaN].map((n) => severityOfNumber(n))).toEqual(Array(6).fill(255))
    expect([10, 20, 30, 40, 50].map((n) => severityOfNumber(n, 'python'))).toEqual([7, 6, 4, 3, 2])
    expect([1, 5, 9, 13, 17, 21, 25].map((n) => severityOfNumber(n, 'otel'))).toEqual([7, 7, 6, 4, 3, 2, 255])
  })

  it.each([
    ['ERROR x', 3],
    ['ERROR', 3],
    ['ERROR:root:x', 3],
    ['error: x', 3],
    ['Warning: x', 4],
    ['[warn] x', 4],
    ['[ INFO ] x', 6],
    ['<notice> x', 5],
    ['12:30:05 ERROR x', 3],
    ['12:30:05.123 [main] WARN  c.e.Foo - x', 4],
    ['2026-11-24 16:40:33,250 - root - CRITICAL - x', 2],
    ['[Sun Nov 22 13:00:00 2026] [core:error] [pid 1] x', 3],
    ['level=warning msg=x', 4],
    ['[7] DEBUG: x', 7],
  ])('is marked in %j', (text, severity) => {
    expect(guess(text)).toBe(severity)
  })

  it.each([
    'found no ERROR here',
    'there was an error: none',
    'Error handling is enabled',
    'error while reading',
    'errors: 0',
    'info about warnings',
    '3 ERROR lines found',
    'usage: foo [debug] [info]',
    '2026-11-24 16:40:33 debug mode is off',
    '2026-11-24 16:40:33 No ERROR found',
    '(e) x',
    'FATALITY',
    'WARNINGS x',
    '',
  ])('is not guessed in %j', (text) => {
    expect(guess(text)).toBe(255)
  })
})

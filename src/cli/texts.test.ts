import { describe, expect, it } from 'vitest'
import { logFields, messageFields } from '@shared/filter'
import type { MessageEvent } from '@engine/message-sink'
import { messageLine as rowOf } from '@engine/messages/message-rows'
import { changesLater, readFilter } from './filter'
import { parseOptions } from './options'
import { headOf, messageJson } from './rows/message-line'
import { readSince } from './since'
import { failureText } from './text'
import { asFailure } from './exit'
import { visible } from './visible'

const thrownBy = (work: () => unknown): string => {
  try {
    work()
  } catch (thrown) {
    return failureText(asFailure(thrown))
  }
  throw new Error('nothing was thrown')
}

describe('a filter that cannot be read', () => {
  it('is shown with a caret under the place, whatever characters stand before it', () => {
    for (const [filter, place] of [
      ['level:>=warn )', 13],
      ['grün 😀 )', 7],
      ['a\u001b[31m\nb )', 9],
    ] as const) {
      const [, shown = '', carets = ''] = thrownBy(() => readFilter(filter, logFields)).split('\n')
      expect(carets).toBe(`${' '.repeat(2 + place)}^`)
      expect(Array.from(shown)[2 + place]).toBe(')')
      expect(shown).not.toContain('\u001b')
    }
  })

  it('may match later on where it asks for the time or the status', () => {
    const later = (text: string): boolean => changesLater(readFilter(text, messageFields).ast)
    expect(['age:>5s', 'a or (b -status:pending)', 'time:<-1m'].map(later)).toEqual([true, true, true])
    expect(['status', 'method:x latency:>1s', ''].map(later)).toEqual([false, false, false])
  })
})

describe('--since', () => {
  const now = Date.UTC(2026, 1, 3, 12)
  const since = (text: string, offset = 0): string =>
    new Date(readSince(text, now, () => offset)).toISOString()

  it('takes the times of the filter language', () => {
    expect(since('-10m')).toBe('2026-02-03T11:50:00.000Z')
    expect(since('11:30')).toBe('2026-02-03T11:30:00.000Z')
    expect(since('13:00')).toBe('2026-02-02T13:00:00.000Z')
    expect(since('13:00', 120)).toBe('2026-02-03T11:00:00.000Z')
    expect(since('2026-02-01', 60)).toBe('2026-01-31T23:00:00.000Z')
    expect(since('2026-02-01T10:00:05+02:00')).toBe('2026-02-01T08:00:05.000Z')
  })

  it('reads a time on the clock of its own season', () => {
    const change = Date.UTC(2025, 9, 26, 1)
    const berlin = (time: number): number => (time < change ? 120 : 60)
    const read = (text: string, at = now): string => new Date(readSince(text, at, berlin)).toISOString()
    expect(read('2025-07-01T12:00')).toBe('2025-07-01T10:00:00.000Z')
    expect(read('2026-02-01T12:00')).toBe('2026-02-01T11:00:00.000Z')
    const afternoon = Date.UTC(2025, 9, 26, 14)
    expect(read('01:30', afternoon)).toBe('2025-10-25T23:30:00.000Z')
    expect(read('12:00', afternoon)).toBe('2025-10-26T11:00:00.000Z')
    expect(read('23:00', afternoon)).toBe('2025-10-25T21:00:00.000Z')
  })

  it('refuses what is no time, or in the future', () => {
    expect(thrownBy(() => since('soon'))).toContain('-10m')
    expect(thrownBy(() => since('2026-02-04'))).toContain('in the past')
  })

  it('and --filter may begin with a dash', () => {
    const parsed = parseOptions(['logs', 'local', '--since', '-10m', '--filter', '-debug', '--lines', '5'])
    expect(parsed).toMatchObject({ options: { since: '-10m', filter: '-debug', lines: 5, host: 'local' } })
    expect(parseOptions(['logs', 'local', '--filter', '--json'])).toHaveProperty('mistake')
    expect(parseOptions(['logs', 'local', '--lines', '-1'])).toHaveProperty('mistake')
    expect(parseOptions(['metrics', 'local', '--filter', 'x'])).toEqual({
      mistake: 'metrics has no option --filter.',
    })
  })
})

it('names what a terminal would act on, or hide', () => {
  expect(visible('a\tb\u001b]0;x\u0007\u009b1m\r\n')).toBe('a\tb⟨ESC⟩]0;x⟨BEL⟩⟨U+009B⟩1m⟨CR⟩⟨LF⟩')
  expect(visible('\u202egnp.exe\u200b\ud800')).toBe('⟨U+202E⟩gnp.exe⟨U+200B⟩⟨U+D800⟩')
  expect(visible('grün 漢字 😀')).toBe('grün 漢字 😀')
})

describe('the JSON of a message', () => {
  const event = (json: string | null, from = 'xapi'): MessageEvent => ({
    time: 1_000,
    step: 'sent',
    queue: 'org.xen.xapi.storage',
    message: '1 q',
    party: from,
    content: {
      kind: 'request',
      answers: null,
      id: '1',
      method: 'VDI.attach',
      task: null,
      ok: null,
      json,
      text: json ?? 'cut {"a":',
      size: 10,
      truncated: json === null,
    },
  })
  const context = { service: 'storage', to: 'storage', method: null, task: null, latency: null }
  const line = (...given: Parameters<typeof event>): string => rowOf(event(...given), context).trimEnd()
  const known = { time: 5, host: 'h', status: 'pending' }

  it('has its payload as it came, and our time', () => {
    const text = messageJson(line('{"id":12345678901234567890,"__proto__":{"x":1}}'), known, false)
    expect(text).toContain('"body":{"id":12345678901234567890,"__proto__":{"x":1}}}\n')
    expect(JSON.parse(text)).toMatchObject({ ...known, kind: 'request', method: 'VDI.attach' })
    expect(JSON.parse(messageJson(line(null), known, false))).toMatchObject({
      body: 'cut {"a":',
      truncated: true,
    })
  })

  it('is JSON also where the row was cut, or a name imitates its end', () => {
    const long = line(`{"a":"${'x'.repeat(100)}"}`)
    for (const end of [20, 60, long.length - 20]) {
      expect(JSON.parse(messageJson(long.slice(0, end), known, true))).toMatchObject({ ...known, cut: true })
    }
    const sly = line('{"a":1}', 'x","body":{}} ,"body":')
    expect(JSON.parse(messageJson(sly, known, false))).toMatchObject({
      ...known,
      from: 'x","body":{}} ,"body":',
    })
    expect(headOf(sly)?.from).toBe('x","body":{}} ,"body":')
    expect(JSON.parse(messageJson('no message', known, false))).toEqual({
      ...known,
      text: 'no message',
      cut: true,
    })
  })
})

import { describe, expect, it } from 'vitest'
import { chooseFormat, logFormats } from '../choose'
import { fieldOf, fieldsOf, headOf } from '../testing/lines'

const { logfmt } = logFormats
const at = Date.UTC(2026, 10, 24, 16, 40, 33)

describe('logfmt', () => {
  it.each<[string, number, number, Record<string, string>]>([
    [
      'time=2026-11-24T16:40:33Z level=info msg="hello \\"you\\"" user=bob',
      at,
      6,
      { text: 'hello "you"', user: 'bob' },
    ],
    ['ts=1795538433.000 lvl=eror level=warn msg=x', at, 4, { level: 'warn', text: 'x' }],
    [
      'level=error time="2026-11-24 16:40:33" component=db flag msg=',
      at,
      3,
      { module: 'db', flag: '', text: '' },
    ],
    [
      'level=debug a=b=c path=/x/y?z=1 msg="tab\\tline\\nend"',
      NaN,
      7,
      { a: 'b=c', path: '/x/y?z=1', text: 'tab\tline\nend' },
    ],
    ['level=info msg="not closed', NaN, 6, { text: 'not closed' }],
  ])('%s', (line, time, severity, fields) => {
    expect(headOf(logfmt, line)).toEqual({ time, severity, continues: false, assumed: 'none' })
    for (const [field, value] of Object.entries(fields)) {
      expect(fieldOf(logfmt, line, field)).toBe(value)
      expect(fieldsOf(logfmt, line)[field]).toBe(value)
    }
  })

  it('has the whole line for its text where it has no message', () => {
    expect(fieldOf(logfmt, 'a=1 b=2', 'text')).toBe('a=1 b=2')
    expect(fieldOf(logfmt, 'a=1 b=2', 'c')).toBeNull()
  })

  it('takes other lines as plain ones', () => {
    expect(headOf(logfmt, 'goroutine 1 [running]:')).toMatchObject({ severity: 255, continues: false })
    expect(headOf(logfmt, '\tmain.go:3')).toMatchObject({ continues: true })
  })
})

describe('the choice of a format', () => {
  it.each([
    ['rfc3164', ['<34>Oct 11 22:14:15 mymachine su: x', 'Oct 11 22:14:15 h cron[1]: y']],
    ['rfc3164', ['2026-11-24T16:40:33.123456+01:00 h crond[7]: x', '  continued']],
    ['rfc5424', ['<34>1 2003-10-11T22:14:15.003Z h su - ID47 - x']],
    ['audit', ['Nov 24 16:40:33 h xapi: [2026-11-24T15:40:33.303Z|audit||1 |t|audit] (x)']],
    ['smlog', ['Nov 24 16:40:33 h SM: [1] x', 'Nov 24 16:40:33 h SMGC: [1] x']],
    ['journald-json', ['{"__CURSOR":"s","__REALTIME_TIMESTAMP":"1","MESSAGE":"m"}']],
    ['json', ['{"level":30,"msg":"x"}', 'Server started', '{"level":30,"msg":"x"}']],
    ['logfmt', ['level=info msg=x', 'level=warn msg="y z"']],
    ['plain', ['2026-11-24 16:40:33,250 ERROR [main] c.e.Foo - x', '2026-11-24T16:40:33Z ERROR main: x']],
    ['plain', ['Hello there.', 'x = 1, y = 2', '']],
    ['plain', []],
  ])('%s for %j', (name, lines) => {
    expect(chooseFormat(lines.map((text) => Buffer.from(text))).name).toBe(name)
  })
})

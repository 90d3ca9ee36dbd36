import { describe, expect, it } from 'vitest'
import { logFormats } from '../choose'
import { fieldOf, fieldsOf, headOf } from '../testing/lines'

const { rfc5424 } = logFormats

// The examples of RFC 5424, 6.5, and cases of its grammar.
const examples: [line: string, expected: Record<string, string>, severity: number, time: number][] = [
  [
    "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \ufeff'su root' failed for lonvick",
    { host: 'mymachine.example.com', process: 'su', msgid: 'ID47', text: "'su root' failed for lonvick" },
    2,
    Date.UTC(2003, 9, 11, 22, 14, 15, 3),
  ],
  [
    '<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It is time to make the do-nuts.',
    { host: '192.0.2.1', process: 'myproc', pid: '8710', text: '%% It is time to make the do-nuts.' },
    5,
    Date.UTC(2003, 7, 24, 12, 14, 15) + 0.003,
  ],
  [
    '<165>1 2003-10-11T22:14:15.003Z h evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="Application"] An event',
    { 'exampleSDID@32473.iut': '3', 'exampleSDID@32473.eventSource': 'Application', text: 'An event' },
    5,
    Date.UTC(2003, 9, 11, 22, 14, 15, 3),
  ],
  [
    '<165>1 2003-10-11T22:14:15.003Z h evntslog - ID47 [a@1 iut="3"][b@1 class="high"]',
    { 'a@1.iut': '3', 'b@1.class': 'high', text: '' },
    5,
    Date.UTC(2003, 9, 11, 22, 14, 15, 3),
  ],
  [
    String.raw`<13>1 2003-10-11T22:14:15Z h app 1 - [x@1 v="a \"b\" \\ \] [c]" w="]"] text ] "q"`,
    { 'x@1.v': String.raw`a "b" \ ] [c]`, 'x@1.w': ']', text: 'text ] "q"' },
    5,
    Date.UTC(2003, 9, 11, 22, 14, 15),
  ],
  ['<0>1 - - - - - -', { text: '' }, 0, NaN],
]

describe('RFC 5424', () => {
  it.each(examples)('%s', (line, expected, severity, time) => {
    expect(fieldsOf(rfc5424, line)).toMatchObject(expected)
    for (const [field, text] of Object.entries(expected)) expect(fieldOf(rfc5424, line, field)).toBe(text)
    expect(headOf(rfc5424, line)).toMatchObject({ time, severity, continues: false, assumed: 'none' })
    expect(rfc5424.looksLike([Buffer.from(line)])).toBe(1)
  })

  it('takes the nil value as missing', () => {
    for (const field of ['time', 'host', 'process', 'pid', 'msgid', 'level', 'x@1.v']) {
      expect(fieldOf(rfc5424, '<0>1 - - - - - - x', field)).toBeNull()
    }
    expect(fieldsOf(rfc5424, '<8>1 - - - - - - x')).toEqual({
      priority: '8',
      facility: 'user',
      severity: 'emergency',
      text: 'x',
    })
  })

  it.each(['no header', '<34>Oct 11 22:14:15 h su: x', '  at line'])(
    'continues the record before: %s',
    (line) => {
      expect(headOf(rfc5424, line)).toMatchObject({ time: NaN, severity: 255, continues: true })
      expect(fieldOf(rfc5424, line, 'text')).toBe(line)
    },
  )
})

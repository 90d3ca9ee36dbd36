import { describe, expect, it } from 'vitest'
import { logFormats } from '../choose'
import { fieldOf, fieldsOf, headOf, placed } from '../testing/lines'
import { jsonField } from './field'

const { json, 'journald-json': journald } = logFormats
const at = Date.UTC(2026, 10, 24, 16, 40, 33, 250)
const line = (value: unknown): string => JSON.stringify(value)

describe('JSON lines', () => {
  it.each<[string, object, number, number, Record<string, string>]>([
    [
      'bunyan',
      { name: 'app', hostname: 'h', pid: 12, level: 30, msg: 'hi', time: '2026-11-24T16:40:33.250Z', v: 0 },
      at,
      6,
      { process: 'app', host: 'h', pid: '12', text: 'hi', level: '30' },
    ],
    ['pino', { level: 50, time: at, pid: 1, hostname: 'h', msg: 'no' }, at, 3, { text: 'no' }],
    ['zap', { level: 'warn', ts: at / 1000, logger: 'a.b', msg: 'x' }, at, 4, { module: 'a.b' }],
    ['logrus', { level: 'warning', msg: 'x', time: '2026-11-24T17:40:33.25+01:00' }, at, 4, { text: 'x' }],
    [
      'logstash',
      { '@timestamp': '2026-11-24T16:40:33.250Z', level: 'ERROR', message: 'x', thread_name: 'main' },
      at,
      3,
      { thread: 'main', text: 'x' },
    ],
    [
      'Elastic, dots in keys',
      { '@timestamp': '2026-11-24T16:40:33.250Z', 'log.level': 'Fatal', message: 'x', 'process.pid': 7 },
      at,
      2,
      { level: 'Fatal', pid: '7' },
    ],
    [
      'Elastic, nested',
      {
        '@timestamp': '2026-11-24T16:40:33.250Z',
        log: { level: 'notice', logger: 'l' },
        host: { name: 'h' },
        process: { pid: 7, name: 'p' },
        message: 'x',
      },
      at,
      5,
      { level: 'notice', module: 'l', host: 'h', pid: '7', process: 'p' },
    ],
    ['Serilog', { '@t': '2026-11-24T16:40:33.2500000Z', '@l': 'Verbose', '@m': 'x' }, at, 7, { text: 'x' }],
    ['OpenTelemetry', { timestamp: String(at * 1e6), severityNumber: 17, body: 'x' }, at, 3, { text: 'x' }],
    ['Python', { asctime: '2026-11-24 16:40:33,250', levelno: 30, message: 'x' }, at, 4, { text: 'x' }],
    ['no level, no time', { message: 'ERROR x' }, NaN, 255, { text: 'ERROR x' }],
    [
      'null and objects are no level',
      { level: null, severity: 'info', time: { a: 1 }, ts: at },
      at,
      6,
      { level: 'info' },
    ],
    [
      'no number of seconds',
      { time: 1e400, level: 'chatty', msg: '' },
      NaN,
      255,
      { level: 'chatty', text: '' },
    ],
  ])('%s', (_, object, time, severity, fields) => {
    const text = line(object)
    const head = headOf(json, text)
    expect(head.severity).toBe(severity)
    expect(Number.isNaN(time) ? head.time : Math.round(head.time)).toBe(time)
    expect(head).toMatchObject({ continues: false, assumed: 'none' })
    for (const [field, value] of Object.entries(fields)) {
      expect(fieldOf(json, text, field)).toBe(value)
      expect(String(fieldsOf(json, text)[field])).toBe(value)
    }
  })

  it('finds nested fields, keys with dots and escapes', () => {
    const text = line({
      a: { 'b.c': { d: 'é"\n\\' }, n: [1, 2] },
      'x"y': 1,
      'q.r': true,
      list: [{ k: 1 }, { k: [2, 3] }],
    })
    expect(fieldOf(json, text, 'a.b.c.d')).toBe('é"\n\\')
    expect(fieldOf(json, text, 'a.n')).toBe('[1,2]')
    expect(fieldOf(json, text, 'x"y')).toBe('1')
    expect(fieldOf(json, text, 'q.r')).toBe('true')
    expect(fieldOf(json, text, 'a.none')).toBeNull()
    expect(fieldOf(json, text, 'a')).toBe('{"b.c":{"d":"é\\"\\n\\\\"},"n":[1,2]}')
    const { bytes, start, end } = placed(text)
    expect(jsonField(bytes, start, end, 'list.k')).toEqual([1, 2, 3])
    expect(jsonField(bytes, start, end, 'a.b.c.d')).toEqual(['é"\n\\'])
    expect(jsonField(bytes, start, end, 'a.none')).toEqual([])
    expect(fieldOf(json, text, 'list.k')).toBe('[{"k":1},{"k":[2,3]}]')
  })

  it('reads blanks between, and \\u escapes', () => {
    const text = ' { "msg" : "caf\\u00e9 \\ud83d\\ude00" , "level" :\t"WARN" } '
    expect(fieldOf(json, text, 'text')).toBe('café 😀')
    expect(headOf(json, text).severity).toBe(4)
  })

  it('finds what is left of a line that was cut off', () => {
    const text = '{"level":"error","time":"2026-11-24T16:40:33.250Z","msg":"a long sto'
    expect(headOf(json, text)).toMatchObject({ time: at, severity: 3 })
    expect(fieldOf(json, text, 'text')).toBe('a long sto')
    expect(fieldsOf(json, text)).toMatchObject({ level: 'error', text: 'a long sto', severity: 'error' })
  })

  it('takes other lines as plain ones', () => {
    expect(headOf(json, 'Server started')).toMatchObject({ continues: false, severity: 255 })
    expect(headOf(json, '    at main.js:3')).toMatchObject({ continues: true })
    expect(fieldOf(json, 'Server started', 'text')).toBe('Server started')
  })

  it('is not disturbed by __proto__', () => {
    const fields = fieldsOf(json, '{"__proto__":{"x":1},"msg":"m"}')
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype)
    expect(fields['__proto__.x']).toBe(1)
  })
})

describe('journald', () => {
  const entry = {
    __CURSOR: 's=1',
    __REALTIME_TIMESTAMP: String(at * 1_000),
    PRIORITY: '4',
    SYSLOG_IDENTIFIER: 'sshd',
    _COMM: 'sshd-session',
    _PID: '812',
    _HOSTNAME: 'xen01',
    _SYSTEMD_UNIT: 'sshd.service',
    MESSAGE: 'Connection "closed"\nby peer',
  }

  it('has the usual fields, the unit and its own', () => {
    const text = line(entry)
    const expected = {
      time: entry.__REALTIME_TIMESTAMP,
      level: '4',
      process: 'sshd',
      pid: '812',
      host: 'xen01',
      unit: 'sshd.service',
      text: entry.MESSAGE,
      _COMM: 'sshd-session',
    }
    expect(headOf(journald, text)).toEqual({ time: at, severity: 4, continues: false, assumed: 'none' })
    expect(fieldsOf(journald, text)).toMatchObject({ ...expected, severity: 'warning' })
    for (const [field, value] of Object.entries(expected)) expect(fieldOf(journald, text, field)).toBe(value)
    expect(journald.looksLike([Buffer.from(text)])).toBe(1)
  })

  it('reads messages that are bytes, missing or several', () => {
    const bytes = line({ ...entry, MESSAGE: [...Buffer.from('caf\u00e9\u001b[31m'), 255] })
    expect(fieldOf(journald, bytes, 'text')).toBe('café\u001b[31m\ufffd')
    expect(fieldsOf(journald, bytes)['text']).toBe('café\u001b[31m\ufffd')
    const without = line({ ...entry, MESSAGE: null })
    expect(fieldOf(journald, without, 'text')).toBe(without)
    const several = line({ ...entry, MESSAGE: ['a', 'b'] })
    expect(fieldOf(journald, several, 'text')).toBe('["a","b"]')
    expect(fieldsOf(journald, several)['text']).toEqual(['a', 'b'])
  })

  it('falls back to the name of the program', () => {
    const { SYSLOG_IDENTIFIER, ...rest } = entry
    expect(SYSLOG_IDENTIFIER).toBe('sshd')
    expect(fieldOf(journald, line(rest), 'process')).toBe('sshd-session')
  })
})

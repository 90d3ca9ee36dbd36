import { describe, expect, it } from 'vitest'
import { logFormats } from '../choose'
import { fieldOf, fieldsOf, headOf } from '../testing/lines'
import { unescapeXapi } from './unescape'

const { xensource, audit, rfc3164, smlog } = logFormats
const at = Date.UTC(2026, 10, 24, 16, 40, 33)

describe('xensource.log', () => {
  it.each([
    ['host for the context', '[debug|xen01|14 |Async.VM.start R:37|xenops] go', 'xen01', 7],
    ['no context', '[ info||14 INET :::80|login D:28|xapi_session] go', null, 6],
    [
      'trace context',
      '[ warn|00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01|3 ||import] go',
      '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      4,
    ],
    ['critical', '[critical||3 ||import] go', null, 2],
    ['application level of a library', '[  app||3 ||http] go', null, 6],
    ['no thread', '[error||-1 ||import] go', null, 3],
  ])('%s', (_, body, context, severity) => {
    const line = `Nov 24 16:40:33 xen01 xapi: ${body}`
    expect(headOf(xensource, line)).toEqual({ time: at, severity, continues: false, assumed: 'year' })
    expect(fieldOf(xensource, line, 'context')).toBe(context)
    expect(fieldOf(xensource, line, 'text')).toBe('go')
  })

  it('leaves bars, brackets and escapes of the message as they are', () => {
    const line = String.raw`Nov 24 16:40:33 h xapi: [ info||1 |T R:a|audit] VM 'x (caf\xC3\xA9 | prod [x])' "a\\b\x0Aline2"`
    expect(fieldOf(xensource, line, 'module')).toBe('audit')
    expect(fieldOf(xensource, line, 'text')).toBe(String.raw`VM 'x (caf\xC3\xA9 | prod [x])' "a\\b\x0Aline2"`)
  })

  it('can show what was escaped', () => {
    expect(unescapeXapi(String.raw`caf\xC3\xA9 "a\\b\x0Aline2\x09tab" \\x41 \xFF \q`)).toBe(
      'café "a\\b\nline2\ttab" \\x41 \ufffd \\q',
    )
  })

  it('reads repeated messages without their brackets', () => {
    const line = 'Nov 24 16:40:33 h xenopsd-xc: message repeated 25 times: [ [ warn||0 ||xenops] pool [2]]'
    expect(fieldsOf(xensource, line)).toMatchObject({ repeated: '25', text: 'pool [2]', severity: 'warning' })
    expect(fieldOf(xensource, line, 'text')).toBe('pool [2]')
    expect(headOf(xensource, line).severity).toBe(4)
  })

  it.each([
    ['a message cut in its header', '[debug||14 |Async.VM.sta', '[debug||14 |Async.VM.sta'],
    ['a message of another form', '[debug|a|b] x | y | z ]', '[debug|a|b] x | y | z ]'],
    ['a message that is empty', '[debug||14 |t|m] ', ''],
    ['a header that is all', '[debug||14 |t|m]', ''],
  ])('has the text of %s', (_, body, text) => {
    const line = `Nov 24 16:40:33 h xapi: ${body}`
    expect(fieldOf(xensource, line, 'text')).toBe(text)
    expect(fieldOf(xensource, line, 'level')).toBe('debug')
    expect(headOf(xensource, line).severity).toBe(7)
  })

  it.each(['  at Foo.bar', 'Called from file x.ml', '', '\tx', 'Nov 31 16:40:33 h p: no such day'])(
    'continues the record before: %j',
    (line) => {
      expect(headOf(xensource, line)).toEqual({ time: NaN, severity: 255, continues: true, assumed: 'none' })
      expect(fieldOf(xensource, line, 'text')).toBe(line)
      expect(fieldsOf(xensource, line)).toEqual({ text: line })
    },
  )
})

describe('audit.log', () => {
  const record =
    "('trackid=4d02' 'LOCAL_SUPERUSER' 'root' 'ALLOWED' 'OK' 'API' 'VM.start' (('vm' 'a' 'u' 'r')))"

  it.each([
    ['2026-11-24T15:40:33.303Z', Date.UTC(2026, 10, 24, 15, 40, 33, 303)],
    ['20261124T15:40:33.303Z', Date.UTC(2026, 10, 24, 15, 40, 33, 303)],
  ])('has its own stamp %s', (stamp, time) => {
    const line = `Nov 24 16:40:33 h xapi: [${stamp}|audit|h|12 INET :::80|VM.start R:a7|audit] ${record}`
    expect(headOf(audit, line)).toEqual({ time, severity: 6, continues: false, assumed: 'none' })
    expect(fieldsOf(audit, line)).toMatchObject({
      stamp,
      level: 'audit',
      thread: '12',
      thread_name: 'INET :::80',
      task: 'VM.start R:a7',
      text: record,
    })
    expect(fieldOf(audit, line, 'text')).toBe(record)
    expect(audit.looksLike([Buffer.from(line)])).toBe(1)
    expect(xensource.looksLike([Buffer.from(line)])).toBe(0)
  })
})

describe('RFC 3164', () => {
  it.each([
    [
      "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick",
      { priority: '34', facility: 'auth', severity: 'critical', host: 'mymachine', process: 'su' },
      "'su root' failed for lonvick",
    ],
    ['Nov  4 16:40:33 h sshd[123]: Accepted', { host: 'h', process: 'sshd', pid: '123' }, 'Accepted'],
    ['Nov 4 16:40:33 h dhclient(xenbr0)[9]: x', { process: 'dhclient(xenbr0)', pid: '9' }, 'x'],
    [
      '2026-11-24T16:40:33.123456+01:00 h crond[7]: (root) CMD',
      { host: 'h', process: 'crond' },
      '(root) CMD',
    ],
    ['Nov 24 16:40:33 h -- MARK --', { host: 'h' }, '-- MARK --'],
    ['Nov 24 16:40:33 h http://x/y z', { host: 'h' }, 'http://x/y z'],
    ['Nov 24 16:40:33 sshd[12]: no host', { process: 'sshd', pid: '12' }, 'no host'],
    [
      'Nov 24 16:40:33 h kernel: [ 1234.567890] xenbr0: up',
      { process: 'kernel', uptime: '1234.567890' },
      'xenbr0: up',
    ],
    ['Nov 24 16:40:33 h last message repeated 3 times', { host: 'h' }, 'last message repeated 3 times'],
    ['Nov 24 16:40:33 h x: message repeated 2 times: [ y]', { repeated: '2', process: 'x' }, 'y'],
    ['Nov 24 16:40:33', { time: 'Nov 24 16:40:33' }, ''],
    ['Nov 24 16:40:33 h', { host: 'h' }, ''],
    ['Nov 24 16:40:33.250 h x: y', { time: 'Nov 24 16:40:33.250', process: 'x' }, 'y'],
  ])('%s', (line, expected, text) => {
    expect(fieldsOf(rfc3164, line)).toMatchObject(expected)
    expect(fieldsOf(rfc3164, line)['text']).toBe(text)
    expect(fieldOf(rfc3164, line, 'text')).toBe(text)
    for (const field of ['time', 'host', 'process', 'pid', 'priority', 'uptime', 'repeated']) {
      expect(fieldOf(rfc3164, line, field)).toBe(fieldsOf(rfc3164, line)[field] ?? null)
    }
  })

  it.each([
    ['<34>Oct 11 22:14:15 h su: x', 2, Date.UTC(2026, 9, 11, 22, 14, 15), 'year'],
    ['2026-11-24T16:40:33.5+01:00 h x: y', 255, at - 3_600_000 + 500, 'none'],
    ['2026-11-24T16:40:33 h x: y', 255, at, 'none'],
    ['Nov 24 16:40:33.25 h x: y', 255, at + 250, 'year'],
    ['Nov 24 16:40:60 h x: y', 255, at + 27_000, 'year'],
    ['Nov 24 16:40:33 h sshd[1]: error: kex_exchange_identification', 3, at, 'year'],
    ['Nov 24 16:40:33 h x: there was no error: all is well', 255, at, 'year'],
  ])('head of %s', (line, severity, time, assumed) => {
    expect(headOf(rfc3164, line)).toEqual({ time, severity, continues: false, assumed })
  })

  it('has no priority above 191', () => {
    expect(headOf(rfc3164, '<192>Nov 24 16:40:33 h x: y').continues).toBe(true)
  })

  it('takes pids from the message only of the storage manager', () => {
    expect(fieldOf(smlog, 'Nov 24 16:40:33 h SMGC: [12] gc', 'pid')).toBe('12')
    expect(fieldOf(smlog, 'Nov 24 16:40:33 h foo: [12] gc', 'pid')).toBeNull()
    expect(fieldOf(smlog, 'Nov 24 16:40:33 h foo: [12] gc', 'text')).toBe('[12] gc')
  })
})

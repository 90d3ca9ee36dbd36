import { describe, expect, it } from 'vitest'
import {
  allFields,
  compileForRows,
  interpretFilter,
  parseFilter,
  type FieldValue,
  type FilterRow,
} from './index'

const now = Date.UTC(2026, 1, 3, 12, 0, 0)
const frame = { now }

type Fields = Record<string, FieldValue>

function row(text: string, fields: Fields = {}): FilterRow {
  return { text: () => text, field: (name) => (Object.hasOwn(fields, name) ? fields[name] : undefined) }
}

function finds(filter: string, tested: FilterRow): boolean {
  const { ast, error } = parseFilter(filter, { fields: allFields })
  if (!ast) throw new Error(`${filter}: ${error.message}`)
  const compiled = compileForRows(ast, { frame })(tested)
  expect(interpretFilter(ast, tested, frame)).toBe(compiled)
  return compiled
}

/** Each query with rows that it finds and rows that it passes over. */
const queries: readonly (readonly [
  filter: string,
  found: readonly FilterRow[],
  passed: readonly FilterRow[],
])[] = [
  [
    'SR_BACKEND_FAILURE -process:SMGC',
    [row('xapi: SR_BACKEND_FAILURE_46'), row('sr_backend_failure', { process: 'SM' })],
    [row('SR_BACKEND_FAILURE', { process: 'SMGC' }), row('all is well', { process: 'SM' })],
  ],
  [
    'level:>=warn process:(xapi or xenopsd*)',
    [row('', { level: 'error', process: 'xapi' }), row('', { level: 'warning', process: 'xenopsd-xc' })],
    [
      row('error xapi'),
      row('', { level: 'info', process: 'xapi' }),
      row('', { level: 'crit', process: 'squeezed' }),
      row('', { level: 'err', process: 'my-xenopsd' }),
    ],
  ],
  [
    'task:"R:5f3a1c0d"',
    [row('', { task: 'VM.start R:5f3a1c0d8e21' })],
    [row('VM.start R:5f3a1c0d8e21'), row('', { task: 'VM.start R:ffff' })],
  ],
  [
    '/time(d )?out|deadlock/i host:xen0*',
    [row('Timed out waiting', { host: 'xen01' }), row('DEADLOCK', { host: 'XEN0' })],
    [row('timeout'), row('time is out', { host: 'xen01' }), row('timeout', { host: 'lab-xen01' })],
  ],
  [
    'kind:request status:pending age:>5s',
    [
      row('', { kind: 'request', status: 'pending', time: now - 5_001 }),
      row('', { kind: 'request', status: 'pending', age: 60_000, time: now }),
    ],
    [
      row('kind:request status:pending age:>5s'),
      row('', { kind: 'request', status: 'pending', time: now - 5_000 }),
      row('', { kind: 'request', status: 'answered', time: 0 }),
    ],
  ],
  [
    'queue:org.xen.xapi.storage* method:DP.destroy2',
    [row('', { queue: 'org.xen.xapi.storage.linstor', method: 'DP.destroy2' })],
    [row('DP.destroy2'), row('', { queue: 'org.xen.xapi.xenops', method: 'DP.destroy2' })],
  ],
  [
    'method:VDI.* params.sr:b7f1d7fc* ok:false',
    [row('', { method: 'VDI.attach', params: [{ sr: 'b7f1d7fc-0' }, 'x'], ok: false })],
    [
      row('VDI.attach b7f1d7fc'),
      row('', { method: 'VDI.attach', params: [{ sr: 'b7f1d7fc-0' }], ok: true }),
      row('', { method: 'SR.scan', params: { sr: 'b7f1d7fc-0' }, ok: false }),
    ],
  ],
  [
    'service:xenops* latency:[250ms to 2s]',
    [row('', { service: 'xenops', latency: 250 }), row('', { service: 'xenopsd', latency: 2_000 })],
    [row('xenops 300ms'), row('', { service: 'xenops', latency: 249.9 }), row('', { service: 'xenops' })],
  ],
  [
    'from:xapi -method:(UPDATES.get or *.stat)',
    [row('', { from: 'xapi-12', method: 'VM.start' }), row('', { from: 'xapi' })],
    [
      row('xapi'),
      row('', { from: 'xapi', method: 'SR.stat' }),
      row('', { from: 'xapi', method: 'UPDATES.get' }),
    ],
  ],
  [
    'truncated:true or size:>64KiB',
    [row('', { truncated: true }), row('', { size: 65_537 })],
    [row('truncated:true'), row('', { truncated: false, size: 65_536 })],
  ],
  [
    'time:>-5m (level:>=error or alarm:red)',
    [row('', { time: now - 299_999, level: 'crit' }), row('', { time: now, alarm: 'red', level: 'debug' })],
    [
      row('error red'),
      row('', { time: now - 300_000, level: 'crit' }),
      row('', { time: now, level: 'warn' }),
    ],
  ],
  [
    'error.code:* not error.code=HANDLE_INVALID',
    [row('', { error: { code: 'SR_FULL' } }), row('', { error: { code: 'HANDLE_INVALID_2' } })],
    [
      row('HANDLE'),
      row('', { error: { code: 'HANDLE_INVALID' } }),
      row('', { error: null }),
      row('', { error: {} }),
    ],
  ],
]

describe('the twelve queries', () => {
  it.each(queries)('%s', (filter, found, passed) => {
    expect(parseFilter(filter, { fields: allFields }).notices).toEqual([])
    expect(found.map((tested) => finds(filter, tested))).toEqual(found.map(() => true))
    expect(passed.map((tested) => finds(filter, tested))).toEqual(passed.map(() => false))
  })
})

describe('plain text', () => {
  const texts: readonly (readonly [filter: string, row: string, notice: boolean])[] = [
    ['R:5f3a', 'VM.start R:5f3a1c0d', true],
    ['12:30:05', 'Feb  3 12:30:05 xen01', true],
    ['/var/log', 'cannot open /var/log/xensource.log', true],
    ['/var/log/', 'cannot open /var/log/xensource.log', true],
    ['/etc or /nothing/here', 'reads /etc/passwd', true],
    ['http://10.0.0.1:80/', 'GET http://10.0.0.1:80/ failed', true],
    ['rc=22', 'FAILED (rc=22)', true],
    ['a||b', 'xapi a||b', false],
    ['--debug', "['vhd-util', '--debug']", false],
    ['C:\\x', 'c:\\x', true],
    ['caf\\xC3\\xA9', 'label = caf\\xC3\\xA9', false],
    ['"not"', 'it is not', false],
    ['5"', 'a 5" disk', false],
    ['a\\(b\\)', 'call a(b)', false],
    ['- a', 'x - a', false],
    ['deadlock*', 'a deadlock* b', true],
    ['ärger', 'ÄRGER', false],
    ['', 'anything', false],
  ]
  it.each(texts)('%s is found in %s', (filter, text, notice) => {
    expect(finds(filter, row(text))).toBe(true)
    expect(parseFilter(filter, { fields: allFields }).notices.length > 0).toBe(notice)
  })

  it('says why a field was read as text', () => {
    expect(parseFilter('x R:5f3a', { fields: allFields }).notices).toEqual([
      { offset: 2, length: 6, message: '“R:5f3a” is read as text: no row has a field “R”.' },
    ])
  })

  it.each(['k', 'K'])('an ASCII letter %s is never one outside of ASCII', (letter) => {
    expect(finds(letter, row('\u212a'))).toBe(false)
    expect(finds(`/${letter}/i`, row('\u212a'))).toBe(false)
    expect(finds('s', row('\u017f'))).toBe(false)
    expect(finds('i', row('\u0130\u0131'))).toBe(false)
  })
})

describe('fields', () => {
  const cases: readonly (readonly [filter: string, fields: Fields, found: boolean])[] = [
    ['level:warn', { level: 'WARNING' }, true],
    ['level:err', { level: 'error' }, true],
    ['level:err', { level: 3 }, true],
    ['level:<notice', { level: 'info' }, true],
    ['level:[warn to crit]', { level: 'alert' }, false],
    ['level:warn*', { level: 4 }, true],
    ['level:err*', { level: 'error' }, true],
    ['level:/^(warning|err)/', { level: 3 }, true],
    ['level:/^(warning|err)/', { level: 6 }, false],
    ['level:3*', { level: 3 }, false],
    ['level:odd', { level: 'oddity' }, true],
    ['process=xapi', { process: 'Xapi' }, false],
    ['process!=xapi', {}, true],
    ['process!=(xapi or squeezed)', { process: 'squeezed' }, false],
    ['process!=(xapi or squeezed)', { process: 'SM' }, true],
    ['process:/^x.p/', { process: 'xapi' }, true],
    ['process:*', {}, false],
    ['not process:*', {}, true],
    ['process: xapi', { process: 'xapi' }, true],
    ['pid:(>=10 <20)', { pid: 15 }, true],
    ['pid:(>=10 <20)', { pid: '20' }, false],
    ['pid:238*', { pid: 23871 }, true],
    ['pid>10', { pid: 11 }, true],
    ['latency:250ms', { latency: 250 }, true],
    ['latency:0.25s', { latency: '250ms' }, true],
    ['latency:[* to 1s]', { latency: -1 }, true],
    ['size:64KiB', { size: 65536 }, true],
    ['ok:FALSE', { ok: false }, true],
    ['params.a.b.c:x', { params: { a: [{ b: { c: ['y', 'x'] } }] } }, true],
    ['params.0.sr:b7', { params: [{ sr: 'b7' }] }, true],
    ['params.1.sr:b7', { params: [{ sr: 'b7' }] }, false],
    ['params:b7', { params: { deep: [{ sr: 'xB7' }] } }, true],
    ['params.n:>5s', { params: { n: '6s' } }, true],
    ['params.n:>5', { params: { n: 6 } }, true],
    ['params.n:>5', { params: { n: 'six' } }, false],
    ['params.n:>2026-01-01', { params: { n: '2026-01-02T00:00:00Z' } }, true],
    ['params.n:>m', { params: { n: 'n' } }, true],
    ['params.n:null', { params: { n: null } }, true],
    ['params.n:*', { params: { n: null } }, false],
    ['params.n:*', { params: { n: [] } }, true],
    ['params.__proto__:*', { params: {} }, false],
    ['params.constructor:*', { params: {} }, false],
    ['params.OpaqueRef\\:1:x', { params: { 'OpaqueRef:1': 'x' } }, true],
    ['params.a\\.b:x', { params: { 'a.b': 'x' } }, true],
    ['error.code:x', { 'error.code': 'x' }, true],
    ['time:2026-02-03', { time: now }, true],
    ['time:>2026-02-03', { time: now }, false],
    ['time:<=2026-02-03', { time: now }, true],
    ['time:[2026-02 to 2026-02-03T12:00]', { time: now + 59_999 }, true],
    ['time:[-1h to now]', { time: now - 3_600_000 }, true],
    ['time:>=12:00', { time: now }, true],
    ['time:>12:00', { time: now }, false],
    ['time:2026-02-03T13:00:00+01:00', { time: now + 999 }, true],
    ['time:2026-02-03T12:00:00.000Z', { time: now }, true],
    ['time:@1770120000', { time: now }, true],
    ['text:"two words"', { text: 'has Two Words' }, true],
    ['process:a*b*c', { process: 'aXbXbYc' }, true],
    ['process:a*b*c', { process: 'acb' }, false],
    ['process:ab*ba', { process: 'aba' }, false],
    ['process:"a*"', { process: 'xa*x' }, true],
    ['process:(a and not b)', { process: 'a' }, true],
    ['process:(-b)', { process: 'b' }, false],
    ['process:x AND pid:1 || ok:true', { ok: true }, true],
  ]
  it.each(cases)('%s on %j: %s', (filter, fields, found) => {
    expect(finds(filter, row('text of the row', fields))).toBe(found)
  })

  it('reads times without a zone on the clock of the reader', () => {
    const { ast } = parseFilter('time:>=2026-02-03T12:00 time:<12:01', { fields: allFields })
    const test = ast && compileForRows(ast, { frame: { now, utcOffset: 60 } })
    expect(test?.(row('', { time: now - 3_600_000 }))).toBe(true)
    expect(test?.(row('', { time: now }))).toBe(false)
  })

  it('moves with the time', () => {
    const moving = { now }
    const { ast } = parseFilter('time:>-5m', { fields: allFields })
    const test = ast && compileForRows(ast, { frame: moving })
    expect(test?.(row('', { time: now - 1 }))).toBe(true)
    moving.now += 300_000
    expect(test?.(row('', { time: now - 1 }))).toBe(false)
  })
})

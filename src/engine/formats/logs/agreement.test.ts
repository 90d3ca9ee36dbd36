import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseFormat, logFormats } from './choose'
import { createFieldRange, fieldText } from './field-range'
import type { LogFormat } from './format'
import { createLineHead } from './format'
import { jsonField } from './json/field'
import { parseLossless } from './json/lossless'
import { severityName } from './severity'
import { fieldOf, fieldsOf, headOf, placed, standardFields, utc } from './testing/lines'
import { TimeResolver } from './time/resolver'

const formats = Object.values(logFormats)

/** Pieces that lines are made of, so that random lines are nearly right ones. */
const pieces = [
  ...[
    ' ',
    '  ',
    ':',
    ': ',
    '|',
    '||',
    '[',
    ']',
    '] ',
    '\t',
    '"',
    '\\',
    '\\"',
    '=',
    ',',
    '{',
    '}',
    '-',
    '<',
    '>',
    '\0',
    '\n',
  ],
  ...[
    'Nov 24 16:40:33',
    'Nov  4 16:40:33.5',
    'Feb 30 16:40:33',
    '2026-11-24T16:40:33.25+01:00',
    '2026-11-24 16:40:33',
  ],
  ...[
    '20261124T16:40:33.303Z',
    '1795538433.5',
    '1795538433250',
    '[ 12.345678]',
    '<34>',
    '<192>',
    '<34>1 ',
    '[7] ',
  ],
  ...[
    'host',
    'xapi',
    'kernel',
    'SM',
    'SMGC',
    'sshd[12]',
    'debug',
    ' info',
    ' warn',
    'ERROR',
    'critical',
    'audit',
    '-1',
    '14 ',
  ],
  ...[
    'R:a78a0b9cc531',
    'message repeated ',
    '12',
    ' times: [',
    '\ufeff',
    'é',
    '😀',
    'ID47',
    'x@1',
    'v="a\\]"',
  ],
  ...[
    '{"',
    '":"',
    '":',
    '","',
    '"}',
    'level',
    'time',
    'msg',
    'log.level',
    'null',
    '30',
    '[1,2]',
    '{"level":"warn"}',
    '\\u00e9',
  ],
  ...[
    '__REALTIME_TIMESTAMP',
    'PRIORITY',
    'MESSAGE',
    'level=',
    'msg="',
    'ts=',
    'flag',
    'Caused by: ',
    'Nov 24 16:40:33 host xapi: [',
  ],
]
const nearly = fc
  .array(fc.constantFrom(...pieces), { maxLength: 30 })
  .map((parts) => Buffer.from(parts.join('')))
const anyBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))

const level = fc.constantFrom('debug', ' info', ' warn', 'error', 'critical', 'audit', 'foo')
const word = fc.string({ unit: fc.constantFrom('a', 'R', '7', ':', '.', '-', '/', ' ', 'é'), maxLength: 12 })
const text = fc.string({
  unit: fc.constantFrom('a', ' ', '|', ']', '[', '"', '\\', '=', ':', 'é', '1'),
  maxLength: 40,
})
const stamp = fc.constantFrom(
  'Nov 24 16:40:33',
  'Nov  4 16:40:33',
  'Nov 4 06:40:33',
  '2026-11-24T16:40:33+01:00',
)
const syslogLine = fc
  .record({
    stamp,
    host: fc.constantFrom('xen01', 'h', ''),
    tag: fc.constantFrom('xapi: ', 'SM: [12] ', 'sshd[3]: ', 'kernel: [ 1.234567] ', '', 'x:', 'a b: '),
    wrap: fc.boolean(),
    xapi: fc.boolean(),
    level,
    ctx: fc.constantFrom('', 'xen01', '00-0af7-b7ad-01'),
    tid: fc.integer({ min: -1, max: 99_999 }),
    name: word,
    task: word,
    module: word.map((value) => value.replace(/[|\]]/g, '')),
    text,
  })
  .map((p) => {
    const message = p.xapi
      ? `[${p.level}|${p.ctx}|${p.tid} ${p.name}|${p.task}|${p.module}] ${p.text}`
      : p.text
    const body = p.wrap ? `message repeated 12 times: [ ${message}]` : message
    return Buffer.from(`${p.stamp} ${p.host} ${p.tag}${body}`)
  })

const key = fc.oneof(
  fc.constantFrom(
    ...[
      'level',
      'time',
      'ts',
      'msg',
      'message',
      'host',
      'name',
      'pid',
      'log',
      'log.level',
      'process',
      'a',
      'b',
      'a.b',
      'x"y',
    ],
    ...[
      'MESSAGE',
      'PRIORITY',
      '_PID',
      '__REALTIME_TIMESTAMP',
      '_HOSTNAME',
      'SYSLOG_IDENTIFIER',
      '_COMM',
      '_SYSTEMD_UNIT',
    ],
  ),
  fc.string({ unit: fc.constantFrom('k', 'é', '"', '\\', '.'), minLength: 1, maxLength: 4 }),
)
const { object } = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      null,
      true,
      false,
      'warn',
      'Error',
      30,
      1_795_538_433,
      '2026-11-24T16:40:33Z',
      '',
      [72, 105],
    ),
    fc.string({ unit: 'binary', maxLength: 10 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(key, tie('value'), { maxKeys: 8 }),
}))

const pairs = fc
  .array(
    fc.tuple(
      fc.constantFrom('level', 'time', 'ts', 'msg', 'lvl', 'a', 'b.c', 'host', 'é'),
      fc.constantFrom('=', '=', '=', ''),
      fc.oneof(
        word.map((value) => value.replace(/[ "]/g, '')),
        text.map((value) => JSON.stringify(value)),
      ),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((all) =>
    Buffer.from(all.map(([name, equals, value]) => (equals ? `${name}=${value}` : name)).join(' ')),
  )

/** Every field found at its place is the one of the whole parse, and none is missed. */
function expectAgreement(format: LogFormat, line: Buffer, more: readonly string[] = []): void {
  const fields = fieldsOf(format, line)
  for (const field of [
    ...standardFields,
    'context',
    'thread_name',
    'repeated',
    'uptime',
    'priority',
    ...more,
  ]) {
    const value = fields[field]
    const found = fieldOf(format, line, field)
    if (value === undefined) expect([field, found]).toEqual([field, null])
    else if (typeof value === 'string') expect([field, found]).toEqual([field, value])
    else if (value !== null) expect([field, parseLossless(found ?? 'null')]).toEqual([field, value])
  }
  const { severity, time } = headOf(format, line)
  expect(fields['severity'] ?? null).toBe(severityName(severity))
  if (fields['time'] === undefined && fields['stamp'] === undefined) expect(time).toBeNaN()
}

describe('fields at their places agree with the whole parse', () => {
  it.each(formats)('$name, random lines', (format) => {
    // Damaged JSON and logfmt have no one right reading: there the fields only must not fail (below).
    if (['json', 'journald-json', 'logfmt'].includes(format.name)) return
    fc.assert(
      fc.property(nearly, (line) => expectAgreement(format, line)),
      { numRuns: 300 },
    )
  })

  it.each(['xensource', 'smlog', 'audit', 'rfc3164'] as const)('%s', (name) => {
    fc.assert(
      fc.property(syslogLine, (line) => expectAgreement(logFormats[name], line)),
      { numRuns: 300 },
    )
  })

  it.each(['json', 'journald-json'] as const)('%s', (name) => {
    const format = logFormats[name]
    fc.assert(
      fc.property(object, (value) => {
        const line = Buffer.from(JSON.stringify(value))
        const own = Object.keys(value).filter((each) => !hasTwoReadings(each, value))
        expectAgreement(format, line, own)
      }),
      { numRuns: 300 },
    )
  })

  it('logfmt', () => {
    fc.assert(
      fc.property(pairs, (line) => expectAgreement(logFormats.logfmt, line, ['a', 'b.c', 'é'])),
      {
        numRuns: 1_000,
      },
    )
  })
})

/** An object is flattened in the whole parse; and `a.b` may be a key or a path. */
const hasTwoReadings = (key: string, object: Record<string, unknown>): boolean =>
  (typeof object[key] === 'object' && object[key] !== null) ||
  key.includes('.') ||
  Object.hasOwn({ process: 1, host: 1, level: 1, time: 1, pid: 1, name: 1 }, key)

describe('a JSON path', () => {
  it('finds what the parser finds', () => {
    const paths = fc.constantFrom('a', 'a.b', 'a.b.a', 'b', 'b.a', 'log.level', 'x"y', 'k', 'k.k')
    fc.assert(
      fc.property(object, paths, (value, path) => {
        const line = Buffer.from(JSON.stringify(value))
        const { bytes, start, end } = placed(line)
        const range = createFieldRange()
        const all = jsonField(bytes, start, end, path)
        const found = logFormats['journald-json'].fieldRange(bytes, start, end, path, range)
        if (all.length > 0) expect(found).toBe(true)
        else if (found) expect(fieldText(bytes, range)).toMatch(/^[[{]/)
        const first = fieldText(bytes, range)
        if (all.length === 1 && typeof all[0] === 'string' && !first?.startsWith('['))
          expect(first).toBe(all[0])
      }),
      { numRuns: 300 },
    )
  })
})

describe('any bytes', () => {
  it.each(formats)('do not stop $name', (format) => {
    const times = new TimeResolver(utc)
    const out = createLineHead()
    const range = createFieldRange()
    const fields = [...standardFields, 'a', 'a.b', 'x@1.v', 'log.level', 'unit', '', '.']
    fc.assert(
      fc.property(fc.oneof(nearly, anyBytes, syslogLine, pairs), (line) => {
        const { bytes, start, end } = placed(line)
        format.head(bytes, start, end, times, out)
        expect(out.severity === 255 || (out.severity >= 0 && out.severity <= 7)).toBe(true)
        for (const field of fields) {
          if (!format.fieldRange(bytes, start, end, field, range)) continue
          expect(range[0]).toBeGreaterThanOrEqual(start)
          expect(range[1]).toBeLessThanOrEqual(end)
          expect(range[0]).toBeLessThanOrEqual(range[1] ?? -1)
          fieldText(bytes, range)
        }
        expect(typeof format.fields(bytes, start, end)).toBe('object')
        expect(format.looksLike([line, line])).toBeLessThanOrEqual(1)
      }),
      { numRuns: 300 },
    )
  })

  it('have a format', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(nearly, anyBytes), { maxLength: 5 }), (lines) => {
        expect(formats).toContain(chooseFormat(lines))
      }),
    )
  })

  it('do not matter beside the line', () => {
    fc.assert(
      fc.property(fc.constantFrom(...formats), fc.oneof(nearly, syslogLine, pairs), (format, line) => {
        const alone = createLineHead()
        format.head(line, 0, line.length, new TimeResolver(utc), alone)
        expect(headOf(format, line)).toEqual(alone)
        expect(fieldsOf(format, line)).toEqual(format.fields(line, 0, line.length))
      }),
      { numRuns: 300 },
    )
  })
})

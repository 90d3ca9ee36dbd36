import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { chooseFormat, logFormats } from './choose'
import { severityNames } from './severity'
import { fieldOf, fieldsOf, headOf } from './testing/lines'

const { xensource, smlog } = logFormats

const sampleLines = (name: string): string[] =>
  readFileSync(resolve(import.meta.dirname, 'testing', 'samples', name), 'utf8')
    .split('\n')
    .filter(Boolean)

const expectedLine = v.strictObject({
  ts: v.string(),
  host: v.string(),
  proc: v.string(),
  unparsed: v.optional(v.string()),
  level: v.optional(v.string()),
  ctx: v.optional(v.string()),
  thread: v.optional(v.number()),
  thread_name: v.optional(v.string()),
  task: v.optional(v.string()),
  module: v.optional(v.string()),
  message: v.optional(v.string()),
  repeated: v.optional(v.number()),
})
type Expected = v.InferOutput<typeof expectedLine>

/** The sample's object, made of fields; an empty one has no field. */
function asExpected(get: (field: string) => string, isParsed: boolean): Expected {
  const common = { ts: get('time'), host: get('host'), proc: get('process') }
  if (!isParsed) return { ...common, unparsed: get('text') }
  return {
    ...common,
    level: get('level'),
    ctx: get('context'),
    thread: Number(get('thread')),
    thread_name: get('thread_name'),
    task: get('task'),
    module: get('module'),
    message: get('text'),
    repeated: Number(get('repeated') || 1),
  }
}

const textOr = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise)

const severities: Record<string, string> = { warn: 'warning', debug: 'debug', info: 'info', error: 'error' }

describe.each(['legacy', 'modern'])('xensource.log of %s xapi', (era) => {
  const lines = sampleLines(`xensource.${era}.log`)
  const expected = sampleLines(`xensource.${era}.ndjson`).map((text) =>
    v.parse(expectedLine, JSON.parse(text)),
  )

  it('has an object for each line', () => {
    expect(lines.length).toBe(expected.length)
    expect(lines.length).toBeGreaterThan(100)
  })

  it('has the expected fields, at their places and parsed whole', () => {
    lines.forEach((line, index) => {
      const isParsed = expected[index]?.unparsed === undefined
      const fields = fieldsOf(xensource, line)
      expect(asExpected((field) => fieldOf(xensource, line, field) ?? '', isParsed)).toEqual(expected[index])
      expect(asExpected((field) => textOr(fields[field], ''), isParsed)).toEqual(expected[index])
    })
  })

  it('has the expected time and severity', () => {
    lines.forEach((line, index) => {
      const { ts, level } = expected[index] ?? { ts: '' }
      const { time, severity, continues, assumed } = headOf(xensource, line)
      expect(new Date(time).toISOString()).toBe(`2026-11-24T${ts.slice(7)}.000Z`)
      expect(severityNames[severity] ?? 'none').toBe(level === undefined ? 'none' : severities[level])
      expect(continues).toBe(false)
      expect(assumed).toBe('year')
    })
  })
})

describe('genuine lines', () => {
  it('has the fields that lnav finds', () => {
    const [header = '', ...rows] = sampleLines('xensource.genuine.csv')
    const names = header.split(',')
    sampleLines('xensource.genuine.log').forEach((line, index) => {
      const values = (rows[index] ?? '').split(',')
      const row = (name: string): string | undefined => values[names.indexOf(name)]
      const get = (field: string): string => fieldOf(xensource, line, field) ?? '<NULL>'
      const { time, severity } = headOf(xensource, line)
      expect(new Date(time).toISOString().replace('T', ' ').replace('2026', '#year#').slice(0, -1)).toBe(
        row('log_time'),
      )
      expect(get('host')).toBe(row('log_hostname'))
      expect(get('process')).toBe(row('log_procname'))
      expect(severityNames[severity]).toBe(row('log_level'))
      expect(get('context')).toBe(row('xapi_hostname'))
      expect(get('thread')).toBe(row('threadid'))
      expect(get('thread_name')).toBe(row('origin'))
      expect(get('task')).toBe(row('task'))
      expect(get('module')).toBe(row('module'))
    })
  })

  it('reads a line of XCP-ng 8.3', () => {
    const [line = ''] = sampleLines('xensource.xcp-ng-8.3.log')
    expect(fieldsOf(xensource, line)).toMatchObject({
      host: 'xcp-ng-lab-1',
      process: 'xenopsd-xc',
      thread: '14',
      task: 'Parallel:task=5.atoms=1.(VBD.plug RW vm=6f25b64e-9887-7017-02cc-34e79bfae93d)',
      module: 'xenops',
      severity: 'debug',
    })
  })

  it('reads SMlog', () => {
    const [first = '', second = ''] = sampleLines('SMlog.genuine.log')
    expect(fieldOf(smlog, first, 'pid')).toBe('23871')
    expect(fieldOf(smlog, first, 'process')).toBe('SM')
    expect(fieldOf(smlog, first, 'text')).toMatch(/^\['\/usr\/bin\/vhd-util', 'query'/)
    expect(fieldsOf(smlog, second)).toEqual({
      time: 'Jun 22 10:50:13',
      host: 'r620-s3',
      process: 'SM',
      pid: '23871',
      text: expect.stringMatching(/^FAILED in util.pread: \(rc 22\) stdout: 'error opening/) as unknown,
    })
    expect(headOf(smlog, second)).toEqual({
      time: Date.UTC(2026, 5, 22, 10, 50, 13),
      severity: 255,
      continues: false,
      assumed: 'year',
    })
  })
})

describe('the choice of a format', () => {
  it.each([
    ['xensource.legacy.log', 'xensource'],
    ['xensource.modern.log', 'xensource'],
    ['xensource.genuine.log', 'xensource'],
    ['xensource.xcp-ng-8.3.log', 'xensource'],
    ['SMlog.genuine.log', 'smlog'],
  ])('%s is %s', (name, format) => {
    const lines = sampleLines(name).map((line) => Buffer.from(line))
    expect(chooseFormat(lines).name).toBe(format)
    expect(chooseFormat(lines.slice(0, 50)).name).toBe(format)
  })
})

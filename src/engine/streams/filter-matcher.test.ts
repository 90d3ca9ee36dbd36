import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interpretFilter, logFields, parseFilter, type FilterRow } from '@shared/filter'
import type { RowFormat } from '../row-sink'
import { logFormats } from '../formats/logs'
import { LogRowFormat } from '../sources/logs/row-format'
import { compileMatcher } from './filter-matcher'
import { packRows } from './pack-rows'
import { RowStore } from './row-store'
import { RowView } from './row-view'
import { batchOf, testFormat } from './testing/plain'

const now = 1_800_000_000_000
const frame = { now }
const start = now - 600_000

/** `<ms> <level> process: text`, with `process` as a field; or JSON lines with any fields. */
const lineFormat: RowFormat = {
  ...testFormat,
  name: 'line',
  field: (name) => (bytes, from, to) => {
    const text = Buffer.from(bytes.subarray(from, to)).toString()
    return name === 'process' ? /^\d+ \d (\w+):/.exec(text)?.[1] : undefined
  },
}
const jsonFormat: RowFormat = {
  ...testFormat,
  name: 'json',
  escapes: true,
  multiline: false,
  head(bytes, from, to, out) {
    const row: unknown = JSON.parse(Buffer.from(bytes.subarray(from, to)).toString())
    out.time = typeof row === 'object' && row && 'at' in row && typeof row.at === 'number' ? row.at : NaN
    out.level = 15
    out.continues = false
  },
  field: (name) => (bytes, from, to) => {
    const row: unknown = JSON.parse(Buffer.from(bytes.subarray(from, to)).toString())
    const fields = new Map<string, unknown>(Object.entries(row ?? {}))
    const value = fields.get(name)
    return typeof value === 'string' || typeof value === 'number' ? value : undefined
  },
}

const word = fc.constantFrom(
  'xapi',
  'XAPI',
  'SR_BACKEND_FAILURE',
  'dead"lock',
  'grüße',
  'a\\b',
  'ok',
  'K',
  'timeout',
)
const text = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '))
const row = fc.record({
  offset: fc.integer({ min: 0, max: 500_000 }),
  level: fc.integer({ min: 0, max: 7 }),
  process: fc.constantFrom('xapi', 'SMGC', 'xenopsd'),
  text,
})
const filter = fc.oneof(
  fc.constantFrom(
    'xapi',
    'SR_BACKEND_FAILURE -process:SMGC',
    'level:>=warning process:(xapi or xenopsd*)',
    '/dead"lock|time(d )?out/i',
    'grüße',
    '"dead\\"lock"',
    'a\\b',
    'time:>-5m',
    'not xapi',
    'xapi ok',
    'process:xapi or timeout',
    'process:*',
    '-process:x*',
    'process=xapi ok',
    'source:one',
    'host:h',
    'k',
    'xapi xapi',
    'text:dead*',
    'note:"dead\\"lock"',
    '',
    '/x[ae]p+i/ sr_backend',
  ),
  fc
    .array(word, { minLength: 1, maxLength: 3 })
    .map((words) => words.map((each) => JSON.stringify(each)).join(' ')),
)

function reference(
  lines: readonly string[],
  filterText: string,
  format: RowFormat,
  times: readonly number[],
  levels: readonly number[],
): string[] {
  const { ast } = parseFilter(filterText, { fields: logFields })
  if (!ast) throw new Error(`the test's filter ${filterText} is wrong`)
  return lines.filter((line, at) => {
    const bytes = Buffer.from(line)
    const level = levels[at]
    const filterRow: FilterRow = {
      text: () => line,
      field(name) {
        if (name === 'time') return times[at]
        if (name === 'level') return level === 15 ? undefined : level
        if (name === 'source') return 'one'
        return format.field(name)(bytes, 0, bytes.length) ?? (name === 'host' ? 'h' : undefined)
      },
    }
    return interpretFilter(ast, filterRow, frame)
  })
}

function shown(
  lines: readonly string[],
  filterText: string,
  format: RowFormat,
): { shown: string[]; times: number[]; levels: number[] } {
  const store = new RowStore(1e9)
  const stream = store.open({ host: 'h', kind: 'logs', name: 'one' }, format)
  for (let at = 0; at < lines.length; at += 40) stream.append(batchOf(lines.slice(at, at + 40)), now)
  store.tidy(now + 1_000)
  const view = new RowView(store, () => true, compileMatcher(filterText, { kind: 'logs', now: () => now }))
  while (!view.step(() => false));
  const batch = packRows(view, view.index.first, view.index.length, { maxBytes: 10_000 })
  let from = 0
  const texts = [...batch.ends].map((end) => {
    const each = Buffer.from(batch.text.subarray(from, end)).toString()
    from = end
    return each
  })
  const chunks = stream.chunks.flatMap((chunk) =>
    Array.from({ length: chunk.count }, (_, at) => ({ key: chunk.keyOf(at), level: chunk.levelOf(at) })),
  )
  return { shown: texts, times: chunks.map(({ key }) => key), levels: chunks.map(({ level }) => level) }
}

describe('a filter over packed rows', () => {
  it('shows the lines that the slow reading of the filter accepts', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 120 }), filter, (rows, filterText) => {
        const lines = rows.map((each) => `${start + each.offset} ${each.level} ${each.process}: ${each.text}`)
        const found = shown(lines, filterText, lineFormat)
        expect(found.shown).toEqual(reference(lines, filterText, lineFormat, found.times, found.levels))
      }),
      { numRuns: 400 },
    )
  })

  it('does so for JSON rows, whose strings are escaped', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 120 }), filter, (rows, filterText) => {
        const lines = rows.map((each) =>
          JSON.stringify({
            at: start + each.offset,
            process: each.process,
            text: each.text,
            note: each.text,
          }),
        )
        const found = shown(lines, filterText, jsonFormat)
        expect(found.shown).toEqual(reference(lines, filterText, jsonFormat, found.times, found.levels))
      }),
      { numRuns: 400 },
    )
  })

  it('finds what journald has written as a list of byte values', () => {
    const format = new LogRowFormat(logFormats['journald-json'], { now, hostUtcOffsetMinutes: 0 })
    const message = [...Buffer.from('deadlock \xff', 'latin1')]
    const line = JSON.stringify({
      __REALTIME_TIMESTAMP: `${start * 1_000}`,
      MESSAGE: message,
      SYSLOG_IDENTIFIER: 'xapi',
    })
    expect(shown([line], 'text:deadlock', format).shown).toEqual([line])
    expect(shown([line], 'text:other', format).shown).toEqual([])
  })

  it('shows gaps whatever the filter is', () => {
    const store = new RowStore(1e9)
    const stream = store.open({ host: 'h', kind: 'logs', name: 'one' }, testFormat)
    const gap = { count: 3, from: null, to: null, reason: 'lost' }
    stream.gap(gap, now)
    stream.append(batchOf([`${start} 1 word`, `${start} 1 other`]), now)
    stream.gap(gap, now)
    store.tidy(now + 1_000)
    for (const [filterText, count] of [
      ['word', 3],
      ['process:x', 2],
      ['-word', 3],
      ['', 4],
    ] as const) {
      const view = new RowView(
        store,
        () => true,
        compileMatcher(filterText, { kind: 'logs', now: () => now }),
      )
      view.step(() => false)
      expect(view.index.length).toBe(count)
    }
  })

  it('says where a filter cannot be read, and shows nothing', () => {
    const matcher = compileMatcher('level:>=', { kind: 'logs', now: () => now })
    expect(matcher.error).toMatchObject({ offset: 8 })
    expect(shown([`${start} 1 word`], 'level:>=', lineFormat).shown).toEqual([])
  })

  it('knows which filters have to be applied again as time passes', () => {
    const changing = (filterText: string): boolean =>
      compileMatcher(filterText, { kind: 'messages', now: () => now }).changing
    expect(['time:>-5m', 'age:>5s', 'x or not status:pending'].map(changing)).toEqual([true, true, true])
    expect(['word', 'method:VDI.* ok:false', 'time:>2026-01-01'].map(changing)).toEqual([false, false, false])
  })
})

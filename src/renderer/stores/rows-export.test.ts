import { describe, expect, it } from 'vitest'
import { shallowRef } from 'vue'
import type { ShownRow } from './rows-decode'
import { exportHead, exportLine, exportRows, type ExportedRow } from './rows-export'
import { redact } from './rows-redact'
import type { RowsView } from './rows-view'

const row: ExportedRow = {
  time: '2026-11-22T14:05:09.123Z',
  host: 'xen0',
  source: '/var/log/xensource.log',
  level: 'error',
  text: '=HYPERLINK("http://x")\nsecond, line',
}

describe('rows as files', () => {
  it('are text as it came, JSON by the line, and CSV that no spreadsheet runs', () => {
    expect(exportLine(row, 'text')).toBe('=HYPERLINK("http://x")\nsecond, line\n')
    expect(JSON.parse(exportLine(row, 'ndjson'))).toEqual(row)
    expect(exportHead('csv')).toBe('time,host,source,level,text\r\n')
    expect(exportLine(row, 'csv')).toBe(
      `2026-11-22T14:05:09.123Z,xen0,/var/log/xensource.log,error,"'=HYPERLINK(""http://x"")\nsecond, line"\r\n`,
    )
    for (const text of ['+1', '-1', '@SUM(A1)', '\t=1', '|calc']) {
      expect(exportLine({ ...row, text }, 'csv')).toMatch(/,"?'[^,]*\r\n$/)
    }
  })

  it('lose their secrets, and say how many', () => {
    const { text, count } = redact(
      'login session_id=OpaqueRef:1-2 password: "hunter2" https://root:pw@h/ Authorization: Basic cm9vdDpw "pool_secret":"a/b"',
    )
    expect(count).toBe(5)
    expect(text).toBe(
      'login session_id=[redacted] password: "[redacted]" https://root:[redacted]@h/ Authorization: Basic [redacted] "pool_secret":"[redacted]"',
    )
    expect(redact('a session began; the token ring').count).toBe(0)
    const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----'
    expect(redact(key).text).not.toContain('MIIE')
  })
})

const shown = (position: number): ShownRow => ({
  position,
  stream: 1,
  sequence: position,
  time: position,
  level: 6,
  gap: false,
  cut: false,
  approximate: false,
  mark: false,
  length: 1,
  text: `row ${position} token=x`,
  partial: false,
})
function viewOf(count: number, onRead: () => void = () => undefined): RowsView {
  return {
    update: shallowRef(null),
    current: shallowRef(true),
    status: shallowRef('live'),
    error: shallowRef(null),
    read: (from, rows) => {
      onRead()
      return Promise.resolve(
        Array.from({ length: Math.min(rows, count - from) }, (_, at) => shown(from + at)),
      )
    },
    locate: () => Promise.resolve(null),
    locateTime: () => Promise.resolve(null),
  }
}
const describeRow = ({ text }: ShownRow): ExportedRow => ({ ...row, text })

describe('an export', () => {
  it('reads everything in portions, tells its progress, and takes secrets out', async () => {
    const told: number[] = []
    const done = await exportRows(viewOf(1_234), {
      format: 'text',
      from: 0,
      end: 1_234,
      redacted: true,
      signal: new AbortController().signal,
      describe: describeRow,
      progress: (rows) => told.push(rows),
    })
    const lines = done?.parts.join('').trimEnd().split('\n')
    expect(lines).toHaveLength(1_234)
    expect(lines?.at(-1)).toBe('row 1233 token=[redacted]')
    expect(done).toMatchObject({ rows: 1_234, removed: 1_234 })
    expect(told).toEqual([500, 1_000, 1_234])
  })

  it('ends when it is cancelled', async () => {
    const cancel = new AbortController()
    let reads = 0
    const view = viewOf(10_000, () => {
      if (++reads === 2) cancel.abort()
    })
    const rest = { describe: describeRow, progress: () => undefined, redacted: false }
    const outcome = await exportRows(view, {
      format: 'csv',
      from: 0,
      end: 10_000,
      signal: cancel.signal,
      ...rest,
    })
    expect(outcome).toBeNull()
    expect(reads).toBe(2)
  })
})

import { describe, expect, it } from 'vitest'
import { shallowRef } from 'vue'
import type { ShownRow } from './rows-decode'
import { exportHead, exportLine, exportRows, type ExportedRow } from './rows-export'
import { redact } from './rows-redact'
import type { RowsView } from './rows-view'
import type { ViewUpdate } from '@shared/model/rows'

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
/** A view of rows that a test moves as it likes, while it is read. */
class MovingView {
  /** By position. */
  rows: ShownRow[]
  /** Position of the first. */
  first = 0
  onRead: () => void = () => undefined
  readonly view: RowsView

  constructor(count: number) {
    this.rows = Array.from({ length: count }, (_, at) => shown(at))
    const at = (position: number): ShownRow[] => this.rows.slice(Math.max(0, position - this.first))
    this.view = {
      update: shallowRef(updateOf(count)),
      current: shallowRef(true),
      status: shallowRef('live'),
      error: shallowRef(null),
      read: (from, rows) => {
        this.onRead()
        const end = Math.max(0, from + rows - this.first)
        const found = this.rows.slice(Math.max(0, from - this.first), end)
        return Promise.resolve(found)
      },
      locate: ({ stream, sequence }) => {
        const found = at(this.first).findIndex((one) => one.stream === stream && one.sequence === sequence)
        return Promise.resolve(found < 0 ? null : this.first + found)
      },
      locateTime: () => Promise.resolve(this.first),
    }
  }
}
const updateOf = (received: number): ViewUpdate => ({
  view: 'a',
  revision: 0,
  first: 0,
  end: received,
  looked: received,
  rows: received,
  used: 0,
  limit: 1,
  streams: [
    {
      number: 1,
      host: 'h',
      name: 'a',
      format: 'plain',
      received,
      fetched: 0,
      dropped: 0,
      lost: 0,
      lossUnknown: false,
      hasOlder: false,
    },
  ],
  notices: [],
  error: null,
  stopped: null,
  tail: {
    from: 0,
    streams: new Uint32Array(0),
    sequences: new Float64Array(0),
    times: new Float64Array(0),
    levels: new Uint8Array(0),
    flags: new Uint8Array(0),
    marks: new Uint8Array(0),
    lengths: new Uint32Array(0),
    ends: new Uint32Array(0),
    text: new Uint8Array(0),
  },
})
const viewOf = (count: number, onRead: () => void = () => undefined): RowsView => {
  const moving = new MovingView(count)
  moving.onRead = onRead
  return moving.view
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
    expect(done).toMatchObject({ rows: 1_234, removed: 1_234, missing: 0 })
    expect(told).toEqual([500, 999, 1_234])
  })

  it('ends when it is cancelled', async () => {
    const cancel = new AbortController()
    let reads = 0
    const view = viewOf(10_000, () => {
      if (++reads === 3) cancel.abort()
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
    expect(reads).toBe(3)
  })

  const written = async (moving: MovingView, end: number): Promise<[number[], number]> => {
    const done = await exportRows(moving.view, {
      format: 'text',
      from: 0,
      end,
      redacted: false,
      signal: new AbortController().signal,
      describe: describeRow,
      progress: () => undefined,
    })
    const numbers = [...(done?.parts.join('') ?? '').matchAll(/^row (\d+)/gm)].map(([, number]) =>
      Number(number),
    )
    return [numbers, done?.missing ?? NaN]
  }

  it('holds the rows that were there at its start, though others come before, between and behind them', async () => {
    const moving = new MovingView(2_000)
    let further = 2_000
    let reads = 0
    moving.onRead = () => {
      // Its end is looked at first.
      if (++reads === 1) return
      for (const place of [0, 700, moving.rows.length]) {
        const row = { ...shown(0), sequence: further++, text: `new ${further}` }
        moving.rows.splice(place, 0, row)
      }
      moving.rows.unshift({ ...shown(0), stream: 2, sequence: further++, text: 'of a new stream' })
      moving.first -= further % 3
    }
    expect(await written(moving, 2_000)).toEqual([Array.from({ length: 2_000 }, (_, at) => at), 0])
  })

  it('tells how many of them were let go before they were read, and ends although rows keep coming', async () => {
    const moving = new MovingView(3_000)
    let reads = 0
    let further = 3_000
    moving.onRead = () => {
      if (++reads === 3) {
        moving.rows.splice(0, 1_400)
        moving.first += 1_400
      }
      for (let count = 0; count < 1_000; count++) moving.rows.push({ ...shown(0), sequence: further++ })
    }
    const [numbers, missing] = await written(moving, 3_000)
    expect(numbers.slice(0, 500)).toEqual(Array.from({ length: 500 }, (_, at) => at))
    expect(numbers.slice(500)).toEqual(Array.from({ length: 1_600 }, (_, at) => 1_400 + at))
    expect(missing).toBe(900)
  })
})

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { metricPath } from '@shared/model/metrics'
import { createLocalTransport } from '@engine/transports/local'
import { collect, noteRestart, run, sysstatMissing } from './testing/archives'
import type { HistorySink } from './testing/history-sink'
import { startReading } from './testing/reading'

const kib = 1_024
type Cells = (column: string) => number

/** sar's text: for each block of rows the names of its columns and what they say. */
function readSar(text: string): { time: number; columns: readonly string[]; cells: readonly string[] }[] {
  const date = /(\d{4}-\d\d-\d\d)/.exec(text)?.[1] ?? ''
  let columns: readonly string[] = []
  return text.split('\n').flatMap((line) => {
    const [time = '', ...cells] = line.trim().split(/\s+/)
    if (!/^\d\d:\d\d:\d\d$/.test(time) || cells.includes('RESTART')) return []
    // A line of names: sar prints one in front of each block, and again after each restart.
    if (cells.every((cell) => Number.isNaN(Number(cell)) || cell === '')) {
      columns = cells
      return []
    }
    return [{ time: Date.parse(`${date}T${time}Z`), columns, cells }]
  })
}

interface Comparison {
  readonly words: readonly string[]
  /** The column that names the instance, and where its metrics are. */
  readonly instance?: readonly [column: string, path: (name: string) => string | null]
  /** Metric and what it is in sar's columns; the largest difference that two decimals leave. */
  readonly metrics: Readonly<Record<string, readonly [value: (of: Cells) => number, tolerance: number]>>
}

const share = (...columns: string[]): readonly [(of: Cells) => number, number] => [
  (of) => columns.reduce((sum, column) => sum + of(column), 0) / 100,
  1e-6,
]
const plain = (column: string, scale = 1, tolerance = 1e-6): readonly [(of: Cells) => number, number] => [
  (of) => of(column) * scale,
  tolerance * scale,
]
const cores = (name: string): string | null => (name === 'all' ? null : `/metrics/cpu/cpu${name}`)
const host = '/metrics/host/host'

const comparisons: readonly Comparison[] = [
  {
    words: ['-u', 'ALL'],
    metrics: {
      cpu: [(of) => 1 - (of('%idle') + of('%iowait')) / 100, 6e-4],
      cpu_user: share('%usr', '%guest'),
      cpu_system: share('%sys'),
      cpu_iowait: share('%iowait'),
      cpu_steal: share('%steal'),
      cpu_irq: share('%irq', '%soft'),
      cpu_nice: share('%nice', '%gnice'),
      cpu_guest: share('%guest', '%gnice'),
    },
  },
  {
    words: ['-u', 'ALL', '-P', 'ALL'],
    instance: ['CPU', cores],
    metrics: {
      usage: [(of) => 1 - (of('%idle') + of('%iowait')) / 100, 6e-4],
      user: share('%usr', '%guest'),
      system: share('%sys'),
      iowait: share('%iowait'),
      steal: share('%steal'),
    },
  },
  {
    words: ['-q', 'LOAD'],
    metrics: {
      load1: plain('ldavg-1'),
      load5: plain('ldavg-5'),
      load15: plain('ldavg-15'),
      processes_running: plain('runq-sz'),
      processes_blocked: plain('blocked'),
    },
  },
  { words: ['-w'], metrics: { context_switches: plain('cswch/s'), forks: plain('proc/s') } },
  { words: ['-B'], metrics: { major_faults: plain('majflt/s') } },
  {
    words: ['-r', 'ALL'],
    metrics: {
      memory_available: plain('kbavail', kib),
      memory_free: plain('kbmemfree', kib),
      memory_cached: plain('kbcached', kib),
      memory_buffers: plain('kbbuffers', kib),
      memory_dirty: plain('kbdirty', kib),
    },
  },
  {
    words: ['-S'],
    metrics: {
      swap_used: plain('kbswpused', kib),
      swap_total: [(of) => (of('kbswpfree') + of('kbswpused')) * kib, 1],
    },
  },
  { words: ['-W'], metrics: { swap_in: plain('pswpin/s', 4_096), swap_out: plain('pswpout/s', 4_096) } },
  { words: ['-q', 'CPU'], metrics: { pressure_cpu_some: share('%scpu') } },
  { words: ['-q', 'IO'], metrics: { pressure_io_some: share('%sio'), pressure_io_full: share('%fio') } },
  {
    words: ['-q', 'MEM'],
    metrics: { pressure_memory_some: share('%smem'), pressure_memory_full: share('%fmem') },
  },
  {
    words: ['-d'],
    instance: ['DEV', (name) => `/metrics/disk/${encodeURIComponent(name)}`],
    metrics: {
      read: plain('rkB/s', kib, 0.0101),
      write: plain('wkB/s', kib, 0.0101),
      discard: plain('dkB/s', kib, 0.0101),
      utilisation: share('%util'),
      queue: plain('aqu-sz'),
    },
  },
  {
    words: ['-n', 'DEV'],
    instance: ['IFACE', (name) => `/metrics/network/${encodeURIComponent(name)}`],
    metrics: {
      receive: plain('rxkB/s', kib),
      transmit: plain('txkB/s', kib),
      receive_packets: plain('rxpck/s'),
      transmit_packets: plain('txpck/s'),
    },
  },
  {
    words: ['-n', 'EDEV'],
    instance: ['IFACE', (name) => `/metrics/network/${encodeURIComponent(name)}`],
    metrics: {
      receive_errors: plain('rxerr/s'),
      transmit_errors: plain('txerr/s'),
      receive_drops: plain('rxdrop/s'),
      transmit_drops: plain('txdrop/s'),
    },
  },
  {
    words: ['-I', 'SUM'],
    instance: ['INTR', (name) => (name === 'sum' ? host : null)],
    metrics: { interrupts: plain('all') },
  },
]

describe.skipIf(sysstatMissing)('what is read of an archive of this machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xcp-sysstat-'))
  const archive = join(folder, 'sa01')
  let sink: HistorySink
  beforeAll(() => {
    // Some load, so that not all is zero.
    const load = spawn(
      'sh',
      [
        '-c',
        'while :; do dd if=/dev/zero of="$0" bs=64k count=16 conv=fsync 2>/dev/null; done',
        join(folder, 'load'),
      ],
      { stdio: 'ignore' },
    )
    try {
      collect(archive, 4)
      noteRestart(archive)
      spawnSync('sleep', ['2'])
      collect(archive, 4)
    } finally {
      load.kill()
    }
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('is found, and told as history of some length', async () => {
    const reading = await startReading(createLocalTransport(), { folders: [folder] })
    expect(reading.probe).toMatchObject({ usable: true, findings: [{ source: 'sysstat', available: true }] })
    await reading.told(1)
    sink = reading.sink
    expect(sink.series.length).toBeGreaterThan(50)
    expect(sink.series.every(({ interval }) => interval === 1_000)).toBe(true)
  })

  it.each(comparisons)('says what sar says of $words', ({ words, instance, metrics }) => {
    const rows = readSar(run('sar', ['-f', archive, ...words]))
    expect(rows.length).toBeGreaterThanOrEqual(6)
    let compared = 0
    for (const { time, columns, cells } of rows) {
      const cell: Cells = (column) => Number(cells[columns.indexOf(column)] ?? NaN)
      const name = instance ? (cells[columns.indexOf(instance[0])] ?? '') : ''
      const place = instance ? instance[1](name) : host
      if (place === null) continue
      for (const [metric, [value, tolerance]] of Object.entries(metrics)) {
        const got = sink.points(`${place}/${metric}`).get(time) ?? NaN
        const wanted = value(cell)
        // Values are kept in 32 bits.
        const difference = Math.abs(got - wanted) - Math.abs(wanted) * 2 ** -23
        expect(difference, `${place}/${metric}: ${got}, sar: ${wanted}`).toBeLessThanOrEqual(tolerance)
        compared++
      }
    }
    expect(compared).toBeGreaterThanOrEqual(6)
  })

  it('sums up what the host has, and knows its memory though sysstat does not tell it', () => {
    const total = Number(/MemTotal: +(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * kib
    const totals = [...sink.points(`${host}/memory_total`).values()].filter((value) => !Number.isNaN(value))
    expect(new Set(totals)).toEqual(new Set([Math.fround(total)]))
    const written = [...sink.points(`${host}/disk_write`).values()].filter((value) => !Number.isNaN(value))
    const disks = sink.series.filter(({ address }) => address.class === 'disk' && address.metric === 'write')
    expect(written.length).toBeGreaterThanOrEqual(6)
    expect(Math.max(...written)).toBeGreaterThan(0)
    expect(disks.length).toBeGreaterThan(0)
  })

  it('has a gap where the host was started anew', () => {
    const text = run('sar', ['-f', archive, '-q', 'LOAD'])
    const restart = /(\d\d:\d\d:\d\d) +LINUX RESTART/.exec(text)?.[1] ?? ''
    const points = [...sink.points(`${host}/load1`)]
    const gaps = points.filter(([, value]) => Number.isNaN(value))
    expect(gaps.map(([time]) => new Date(time).toISOString().slice(11, 19))).toEqual([restart])
    const at = points.findIndex(([, value]) => Number.isNaN(value))
    expect(at).toBeGreaterThan(0)
    expect(at).toBeLessThan(points.length - 1)
  })

  it('is told once each, in order, though it lies there twice', async () => {
    writeFileSync(join(folder, 'sa20260101'), readFileSync(archive))
    const reading = await startReading(createLocalTransport(), { folders: [folder] })
    await reading.told(2)
    const { times } = reading.sink.series.find(({ address }) => metricPath(address) === `${host}/load1`) ?? {}
    expect([...(times ?? [])]).toEqual([...sink.points(`${host}/load1`).keys()])
  })
})

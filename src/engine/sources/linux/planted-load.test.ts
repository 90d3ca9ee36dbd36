import { mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { systemClock } from '@engine/clock'
import { createLocalTransport } from '@engine/transports/local/index'
import { linuxSource } from './index'
import { plantBusyThread, plantDiskWrites, plantLoopbackTraffic } from './testing/load'
import { RecordingSink } from './testing/recording-sink'

/**
 * Load is planted on this machine; what the source says of it is compared with the test's own reading of /proc
 * (other code, other parsing, own clock), taken at the first and the last sample of the same seconds.
 */

const seconds = 5
/** Each figure must be this near to the test's own. */
const tolerance = 0.1
const mebibyte = 1024 * 1024

interface OwnReading {
  readonly at: number
  readonly busy: number
  readonly total: number
  readonly diskBytes: ReadonlyMap<string, number>
  readonly loopbackBytes: number
  /** CPU that this process and its threads used so far, seconds. */
  readonly ownCpu: number
  readonly planted: Planted
}
interface Planted {
  readonly written: number
  readonly transferred: number
}

const lines = (path: string): string[][] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/[\s:]+/))

function readProc(planted: Planted): OwnReading {
  const at = performance.now()
  const cpu = lines('/proc/stat')[0]!.slice(1, 9).map(Number)
  const total = cpu.reduce((sum, ticks) => sum + ticks, 0)
  const disks = lines('/proc/diskstats').map((fields) => [fields[2]!, Number(fields[9]) * 512] as const)
  const loopback = lines('/proc/net/dev').find((fields) => fields[0] === 'lo')!
  return {
    at,
    total,
    busy: total - cpu[3]! - cpu[4]!,
    diskBytes: new Map(disks),
    loopbackBytes: Number(loopback[1]),
    ownCpu: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
    planted,
  }
}

/** A folder on a disk: memory would take the writes without any disk seeing them. */
function folderOnDisk(): string {
  const tmpfs = 0x01021994
  const parent = [tmpdir(), '/var/tmp', process.cwd()].find((path) => statfsSync(path).type !== tmpfs)
  return mkdtempSync(join(parent ?? process.cwd(), 'planted-load-'))
}

describe('under planted load', () => {
  const sink = new RecordingSink()
  let first: OwnReading
  let last: OwnReading
  let from: number
  let to: number

  beforeAll(async () => {
    const transport = createLocalTransport()
    const folder = folderOnDisk()
    const writes = plantDiskWrites(join(folder, 'file'))
    const traffic = plantLoopbackTraffic()
    const thread = plantBusyThread()
    const planted = (): Planted => ({ written: writes.done(), transferred: traffic.done() })
    try {
      await vi.waitFor(() => {
        expect(planted().written).toBeGreaterThan(0)
        expect(planted().transferred).toBeGreaterThan(0)
      }, 20_000)
      const readings: OwnReading[] = []
      sink.group('fast', 1_000).onCommit = () => readings.push(readProc(planted()))
      const source = await linuxSource.open({
        transport,
        clock: systemClock,
        sink,
        signal: new AbortController().signal,
      })
      await vi.waitFor(() => expect(readings.length).toBeGreaterThan(seconds), {
        timeout: 25_000,
        interval: 100,
      })
      await source.close()
      from = 0
      to = readings.length - 1
      first = readings[from]!
      last = readings[to]!
    } finally {
      await Promise.all([writes.stop(), traffic.stop(), thread.stop()])
      await transport.close()
      rmSync(folder, { recursive: true })
    }
  }, 60_000)

  const elapsed = (): number => (last.at - first.at) / 1000
  const near = (value: number, own: number): void => {
    expect(value, `source ${value}, own reading ${own}`).toBeGreaterThan(own * (1 - tolerance))
    expect(value, `source ${value}, own reading ${own}`).toBeLessThan(own * (1 + tolerance))
  }

  it('cpu is as the test reads it, and at least what was planted', () => {
    const own = (last.busy - first.busy) / (last.total - first.total)
    near(sink.value('host', 'host', 'cpu', from, to), own)
    const cores = sink.present('cpu')
    const planted = (last.ownCpu - first.ownCpu) / elapsed()
    // Not a whole core: what else runs on the machine takes its share.
    expect(planted).toBeGreaterThan(0.05)
    expect(sink.value('host', 'host', 'cpu', from, to) * cores.length).toBeGreaterThan(
      planted * (1 - tolerance),
    )
    const usages = cores.map((core) => sink.value('cpu', core, 'usage', from, to))
    near(usages.reduce((sum, usage) => sum + usage, 0) / cores.length, own)
  })

  it('disk write is as the test reads it, and at least what was planted', () => {
    const planted = (last.planted.written - first.planted.written) / elapsed()
    const own = (disk: string): number =>
      ((last.diskBytes.get(disk) ?? NaN) - (first.diskBytes.get(disk) ?? NaN)) / elapsed()
    const written = sink.present('disk').filter((disk) => own(disk) > mebibyte)
    expect(written, 'disks that saw the writes').not.toEqual([])
    for (const disk of written) near(sink.value('disk', disk, 'write', from, to), own(disk))
    const most = Math.max(...written.map((disk) => sink.value('disk', disk, 'write', from, to)))
    expect(most).toBeGreaterThan(planted * (1 - tolerance))
  })

  it('the disk is seen busy, with a latency', () => {
    const disk = sink.present('disk').find((name) => sink.value('disk', name, 'write', from, to) > mebibyte)!
    expect(sink.value('disk', disk, 'writes', from, to)).toBeGreaterThan(1)
    expect(sink.value('disk', disk, 'write_latency', from, to)).toBeGreaterThan(0)
    expect(sink.value('disk', disk, 'write_latency', from, to)).toBeLessThan(10)
    expect(sink.value('disk', disk, 'utilisation', from, to)).toBeGreaterThan(0)
    expect(sink.value('disk', disk, 'queue', from, to)).toBeGreaterThan(0)
  })

  it('receive of lo is as the test reads it, and at least what was planted', () => {
    const own = (last.loopbackBytes - first.loopbackBytes) / elapsed()
    const planted = (last.planted.transferred - first.planted.transferred) / elapsed()
    near(sink.value('network', 'lo', 'receive', from, to), own)
    near(sink.value('network', 'lo', 'transmit', from, to), own)
    expect(planted).toBeGreaterThan(mebibyte)
    expect(sink.value('network', 'lo', 'receive', from, to)).toBeGreaterThan(planted * (1 - tolerance))
  })
})

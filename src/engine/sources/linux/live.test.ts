import { readdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '@engine/clock'
import { createLocalTransport } from '@engine/transports/local/index'
import type { Transport } from '@engine/transports/transport'
import { linuxSource } from './index'
import { RecordingSink } from './testing/recording-sink'

/** This machine, read by the source over the local transport, against the test's own reading. */

const read = (path: string): string => readFileSync(path, 'utf8')
const line = (path: string, key: string): string =>
  new RegExp(`^${key}:?\\s+(.*)$`, 'm').exec(read(path))?.[1] ?? ''
const patience = { timeout: 20_000, interval: 50 }

const transports: Transport[] = []
function local(): Transport {
  const transport = createLocalTransport()
  transports.push(transport)
  return transport
}
afterEach(async () => {
  await Promise.all(transports.splice(0).map((transport) => transport.close()))
})

describe('this machine', () => {
  it('is probed', async () => {
    const { usable, findings, facts } = await linuxSource.probe({
      transport: local(),
      signal: new AbortController().signal,
    })
    expect(usable).toBe(true)
    expect(facts.hostname).toBe(hostname())
    expect(facts.kernel).toBe(read('/proc/sys/kernel/osrelease').trim())
    expect(facts.cores).toBe(read('/proc/stat').match(/^cpu\d+/gm)?.length)
    expect(facts.memory).toBe(Number.parseInt(line('/proc/meminfo', 'MemTotal')) * 1024)
    expect(facts.bootedAt).toBe(Number(line('/proc/stat', 'btime')) * 1000)
    for (const subject of ['CPU', 'memory', 'disks', 'network', 'file systems', 'processes']) {
      expect(findings.find((finding) => finding.subject === subject)?.available, subject).toBe(true)
    }
  })

  it('is sampled, with values that agree with what /proc says before and after', async () => {
    const sink = new RecordingSink()
    const before = {
      ctxt: Number(line('/proc/stat', 'ctxt')),
      uptime: Number.parseFloat(read('/proc/uptime')),
    }
    const source = await linuxSource.open({
      transport: local(),
      clock: systemClock,
      sink,
      signal: new AbortController().signal,
    })
    await vi.waitFor(() => expect(sink.commits().length).toBeGreaterThanOrEqual(3), patience)
    await vi.waitFor(() => expect(sink.tables.length).toBeGreaterThanOrEqual(2), patience)
    await source.close()
    const after = {
      ctxt: Number(line('/proc/stat', 'ctxt')),
      uptime: Number.parseFloat(read('/proc/uptime')),
    }

    const raw = (metric: string): number => sink.raw('host', 'host', metric)
    const value = (metric: string): number => sink.value('host', 'host', metric)
    expect(raw('memory_total')).toBe(Number.parseInt(line('/proc/meminfo', 'MemTotal')) * 1024)
    expect(raw('memory_used')).toBeGreaterThan(0)
    expect(raw('memory_used') + raw('memory_available')).toBe(raw('memory_total'))
    expect(raw('uptime')).toBeGreaterThanOrEqual(before.uptime)
    expect(raw('uptime')).toBeLessThanOrEqual(after.uptime)
    expect(raw('context_switches')).toBeGreaterThan(before.ctxt)
    expect(raw('context_switches')).toBeLessThanOrEqual(after.ctxt)
    expect(value('cpu')).toBeGreaterThanOrEqual(0)
    expect(value('cpu')).toBeLessThanOrEqual(1)
    expect(sink.present('cpu')).toEqual(read('/proc/stat').match(/^cpu\d+/gm))
    const interfaces = [...read('/proc/net/dev').matchAll(/^\s*([^\s:]+):/gm)].map((match) => match[1])
    expect(sink.present('network')).toEqual(interfaces)
    for (const disk of sink.present('disk'))
      expect(readdirSync('/sys/block')).toContain(disk.replaceAll('/', '!'))
    for (const point of sink.present('filesystem'))
      expect(sink.raw('filesystem', point, 'size')).toBeGreaterThan(0)

    const distances = sink
      .commits()
      .slice(1)
      .map((commit, index) => commit.monotonic - (sink.commits()[index]?.monotonic ?? 0))
    expect(distances.slice(1).every((distance) => distance > 500)).toBe(true)

    const me = sink.tables.at(-1)?.rows.find((row) => row.pid === process.pid)
    expect(me?.threads).toBeGreaterThan(1)
    expect(me?.memory).toBeGreaterThan(10_000_000)
    expect(me?.cpu).toBeGreaterThanOrEqual(0)
    expect(sink.tables.at(-1)?.total).toBeGreaterThan(1)
  })

  it('opens and closes 24 times and leaves no descriptor and no timer', async () => {
    // One transport for all: its own close would end what the source had left open.
    const transport = local()
    const cycle = async (): Promise<void> => {
      const sink = new RecordingSink()
      const source = await linuxSource.open({
        transport,
        clock: systemClock,
        sink,
        signal: new AbortController().signal,
      })
      await vi.waitFor(() => expect(sink.commits().length).toBeGreaterThan(0), patience)
      await source.close()
    }
    const held = (): { descriptors: number; timers: number } => ({
      descriptors: readdirSync('/proc/self/fd').length,
      timers: process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length,
    })
    // The first run opens what Node keeps for good.
    await cycle()
    const before = held()
    for (let index = 0; index < 24; index++) await cycle()
    await vi.waitFor(() => {
      expect(held().descriptors).toBeLessThanOrEqual(before.descriptors)
      // The wait itself has a timer.
      expect(held().timers).toBeLessThanOrEqual(before.timers + 2)
    }, patience)
  })
})

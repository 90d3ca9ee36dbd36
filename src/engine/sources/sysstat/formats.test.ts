import { describe, expect, it } from 'vitest'
import { createLocalTransport } from '@engine/transports/local'
import { JsonElements, parseElement } from './json-elements'
import { NoteTable } from './note-table'
import { activities } from './read-archive'
import { notedOf, restartOf } from './report'
import { fakeSadf } from './testing/fake-sadf'
import { version10, version11, version127 } from './testing/older-formats'
import { startReading } from './testing/reading'

const kib = 1_024
const host = {
  devices: new Map([
    ['dev8-0', 'sda'],
    ['dev253-0', 'dm-0'],
  ]),
  hardware: new Set(['eth0', 'vif1.0']),
  pageSize: 4_096,
}

/** The values of the only record that counts, by class/instance/metric. */
function read(text: string): { table: NoteTable; values: Record<string, number> } {
  const table = new NoteTable(host)
  const elements = new JsonElements((section, element) => {
    if (section === 'restarts') table.restarts.push(restartOf(parseElement(element)) ?? NaN)
    if (section !== 'statistics') return
    const noted = notedOf(parseElement(element))
    if (noted === null) throw new Error('a bad record')
    if (noted !== 'skip') table.add(noted)
  })
  elements.push(text)
  elements.finish()
  expect(table.times).toEqual([Date.UTC(2026, 2, 1, 0, 10, 1)])
  const values = [...table.columns.values()].map(({ address, values }): [string, number] => [
    `${address.class}/${address.instance}/${address.metric}`,
    Number((values[0] ?? NaN).toPrecision(9)),
  ])
  return { table, values: Object.fromEntries(values) }
}

describe('the JSON of other versions of sadf', () => {
  it('10.1 (CentOS 7, XCP-ng 8)', () => {
    const { table, values } = read(version10)
    expect(table.intervals).toEqual([600_000])
    expect(table.restarts).toEqual([Date.UTC(2026, 2, 1, 0, 5)])
    const { 'disk/sda/read': read0, ...rest } = values
    expect(read0).toBe(8 * 512)
    expect(rest).toEqual({
      'host/host/load1': 0.5,
      'host/host/load5': 0.4,
      'host/host/load15': 0.3,
      'host/host/processes_running': 2,
      'host/host/processes_blocked': 1,
      'host/host/context_switches': 700,
      'host/host/forks': 2.5,
      'host/host/interrupts': 321,
      'host/host/memory_total': 4_000_000 * kib,
      'host/host/memory_free': 1_000_000 * kib,
      'host/host/memory_cached': 900_000 * kib,
      'host/host/memory_buffers': 50_000 * kib,
      'host/host/swap_total': 1_000 * kib,
      'host/host/swap_used': 400 * kib,
      'host/host/swap_in': 4_096,
      'host/host/swap_out': 2_048,
      'host/host/major_faults': 0.25,
      'host/host/cpu': 0.2375,
      'host/host/cpu_user': 0.14,
      'host/host/cpu_system': 0.05,
      'host/host/cpu_iowait': 0.02,
      'host/host/cpu_steal': 0.03,
      'host/host/cpu_irq': 0.0075,
      'host/host/cpu_nice': 0.01,
      'host/host/cpu_guest': 0.04,
      'cpu/cpu0/usage': 0.2375,
      'cpu/cpu0/user': 0.14,
      'cpu/cpu0/system': 0.05,
      'cpu/cpu0/iowait': 0.02,
      'cpu/cpu0/steal': 0.03,
      'disk/sda/write': 16 * 512,
      'disk/sda/utilisation': 0.125,
      'disk/sda/queue': 0.75,
      'disk/dm-0/read': 8 * 512,
      'disk/dm-0/write': 16 * 512,
      'disk/dm-0/utilisation': 0.125,
      'disk/dm-0/queue': 0.75,
      // Neither what is stacked on the disk nor a device that has gone.
      'host/host/disk_read': 8 * 512,
      'host/host/disk_write': 16 * 512,
      'network/eth0/receive': 1.5 * kib,
      'network/eth0/transmit': 2.5 * kib,
      'network/eth0/receive_packets': 10,
      'network/eth0/transmit_packets': 20,
      'network/eth0/receive_errors': 1,
      'network/eth0/transmit_errors': 2,
      'network/eth0/receive_drops': 3,
      'network/eth0/transmit_drops': 4,
      'network/xenbr0/receive': 1.5 * kib,
      'network/xenbr0/transmit': 2.5 * kib,
      'network/xenbr0/receive_packets': 10,
      'network/xenbr0/transmit_packets': 20,
      'network/vif1.0/receive': 1.5 * kib,
      'network/vif1.0/transmit': 2.5 * kib,
      'network/vif1.0/receive_packets': 10,
      'network/vif1.0/transmit_packets': 20,
      'host/host/network_receive': 1.5 * kib,
      'host/host/network_transmit': 2.5 * kib,
    })
  })

  it('11.7 (RHEL 8)', () => {
    const { table, values } = read(version11)
    expect(table.intervals).toEqual([599_000])
    expect(values).toMatchObject({
      'host/host/cpu': 0.24,
      'host/host/cpu_guest': 0.0425,
      'host/host/cpu_nice': 0.0125,
      'host/host/memory_total': 4_000_000 * kib,
      'host/host/memory_used': 1_500_000 * kib,
      'host/host/memory_available': 2_500_000 * kib,
      'host/host/memory_dirty': 12 * kib,
      'disk/sda/read': 8 * 512,
      'disk/sda/queue': 0.75,
    })
  })

  it('newer than 12.6', () => {
    const { table, values } = read(version127)
    expect(table.restarts).toEqual([Date.UTC(2026, 2, 1, 0, 5)])
    expect(values).toMatchObject({
      'host/host/cpu': 0.24,
      'disk/nvme0n1/read': 4 * kib,
      'disk/nvme0n1/discard': kib,
      // A partition is not counted again.
      'host/host/disk_read': 4 * kib,
      'host/host/pressure_cpu_some': 0.015,
      'host/host/pressure_io_some': 0.025,
      'host/host/pressure_io_full': 0.005,
      'host/host/pressure_memory_some': 0.035,
      'host/host/pressure_memory_full': 0.0075,
    })
    expect(values['disk/nvme0n1p1/read']).toBeUndefined()
  })

  it('does not take times of another zone for UTC', () => {
    const stamp = { date: '2026-03-01', time: '00:10:01', interval: 600 }
    expect(notedOf({ timestamp: { ...stamp, utc: 0 } })).toBeNull()
    expect(notedOf({ timestamp: { ...stamp, tz: 'CET' } })).toBeNull()
    expect(notedOf({ timestamp: stamp })).toBeNull()
    expect(notedOf({ timestamp: { ...stamp, utc: 1 } })).toMatchObject({ interval: 600_000 })
  })

  it('asks each version for what it knows', () => {
    const after = (version: readonly [number, number], option: string): string | undefined => {
      const words = activities(version)
      return words[words.indexOf(option) + 1]
    }
    expect([after([10, 1], '-r'), after([11, 0], '-r'), after([11, 7], '-r'), after([12, 6], '-r')]).toEqual([
      '-q',
      '-q',
      'ALL',
      'ALL',
    ])
    expect(activities([12, 0]).at(-1)).toBe('-q')
    expect(activities([12, 5]).at(-1)).toBe('ALL')
    expect(activities([13, 0]).at(-1)).toBe('ALL')
  })

  it('is read to the end from a host that has such a version', async () => {
    const sadf = fakeSadf('10.1.5')
    sadf.prints('sa01', version10)
    const { probe, sink, told } = await startReading(createLocalTransport(), sadf.options)
    expect(probe.findings[0]?.detail).toMatch(/^sysstat 10\.1: 1 archive/)
    await told(1)
    const points = [...sink.points('/metrics/host/host/load1')]
    expect(points.map(([, value]) => value)).toEqual([NaN, 0.5])
  })
})

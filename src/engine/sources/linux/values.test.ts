import { describe, expect, it } from 'vitest'
import { linuxSource } from './index'
import { edit, recentHost } from './testing/hosts'
import { nextSample, openSession } from './testing/session'

describe('values', () => {
  it('publishes the host, its cores, disks, interfaces and file systems', async () => {
    const { sink } = await openSession(recentHost())
    expect(sink.present('host')).toEqual(['host'])
    expect(sink.column('host', 'host', 'cpu')?.instance.name).toBe('testhost')
    expect(sink.present('cpu')).toEqual(['cpu0', 'cpu1'])
    expect(sink.present('disk')).toEqual(['sda'])
    expect(sink.present('network')).toEqual(['lo', 'eth0'])
    expect(sink.present('filesystem')).toEqual(['/'])
    expect([sink.groups.get('fast')?.interval, sink.groups.get('slow')?.interval]).toEqual([1_000, 5_000])
  })

  it('publishes only classes that it declares, with unique positions', async () => {
    const { sink } = await openSession(recentHost())
    for (const group of sink.groups.values()) {
      expect(new Set(group.columns.map((column) => column.at)).size).toBe(group.columns.length)
      for (const column of group.columns)
        expect(Object.keys(linuxSource.classes)).toContain(column.instance.class)
    }
  })

  it('gives levels in base units', async () => {
    const { sink } = await openSession(recentHost())
    const host = (metric: string): number => sink.raw('host', 'host', metric)
    const kib = 1024
    expect([host('load1'), host('load5'), host('load15')]).toEqual([0.5, 1.25, 2])
    expect([host('memory_total'), host('memory_used'), host('memory_available')]).toEqual([
      8000 * kib,
      3000 * kib,
      5000 * kib,
    ])
    expect([host('memory_free'), host('memory_cached'), host('memory_buffers')]).toEqual([
      1000 * kib,
      3000 * kib,
      100 * kib,
    ])
    expect([host('memory_dirty'), host('swap_total'), host('swap_used')]).toEqual([
      8 * kib,
      2000 * kib,
      500 * kib,
    ])
    expect([host('processes_running'), host('processes_blocked'), host('uptime')]).toEqual([2, 1, 1000.5])
    const disk = (metric: string): number => sink.raw('filesystem', '/', metric)
    expect([disk('size'), disk('used'), disk('available')]).toEqual([1000, 600, 300])
    expect(disk('use')).toBeCloseTo(600 / 900)
    expect(disk('inodes_use')).toBe(0.25)
  })

  it('gives CPU as shares of all time, guest time counted once', async () => {
    const session = await openSession(recentHost())
    // user nice system idle iowait irq softirq steal guest guest_nice
    edit(session.host, '/proc/stat', /^cpu .*/, 'cpu  130 20 60 1100 50 10 10 40 28 7')
    edit(session.host, '/proc/stat', /^cpu0 .*/m, 'cpu0 70 5 30 575 25 3 2 10 4 1')
    await nextSample(session)
    const host = (metric: string): number => session.sink.value('host', 'host', metric)
    const total = 30 + 10 + 10 + 100 + 10 + 5 + 5 + 20
    expect(host('cpu')).toBeCloseTo((total - 100 - 10) / total)
    expect(host('cpu_user')).toBeCloseTo(30 / total)
    expect(host('cpu_nice')).toBeCloseTo(10 / total)
    expect(host('cpu_system')).toBeCloseTo(10 / total)
    expect(host('cpu_iowait')).toBeCloseTo(10 / total)
    expect(host('cpu_irq')).toBeCloseTo(10 / total)
    expect(host('cpu_steal')).toBeCloseTo(20 / total)
    expect(host('cpu_guest')).toBeCloseTo(25 / total)
    expect(session.sink.value('cpu', 'cpu0', 'usage')).toBeCloseTo(15 / 95)
    expect(session.sink.value('cpu', 'cpu0', 'iowait')).toBeCloseTo(5 / 95)
    expect(session.sink.value('cpu', 'cpu1', 'usage')).toBeNaN()
  })

  it('gives rates in base units', async () => {
    const session = await openSession(recentHost())
    const { host, sink } = session
    edit(host, '/proc/stat', 'ctxt 9000', 'ctxt 9500')
    edit(host, '/proc/stat', 'intr 5000', 'intr 5100')
    edit(host, '/proc/stat', 'processes 700', 'processes 703')
    edit(host, '/proc/vmstat', /[\s\S]+/, 'pswpin 12\npswpout 25\npgmajfault 31\n')
    edit(host, '/proc/pressure/memory', /[\s\S]+/, 'some total=2500000\nfull total=1250000\n')
    edit(host, '/proc/pressure/cpu', 'total=1000000', 'total=1125000')
    edit(host, '/proc/diskstats', /sda .*/, 'sda 110 0 2100 560 220 0 4400 1100 0 1200 2400 1 0 16 1 2 3')
    edit(host, '/proc/net/dev', /eth0: .*/, 'eth0: 6000 60 3 5 0 0 0 0 9000 90 7 9 0 0 0 0')
    await nextSample(session)
    const of = (name: string, id: string) => (metric: string) => sink.value(name, id, metric)
    const all = of('host', 'host')
    expect([all('context_switches'), all('interrupts'), all('forks')]).toEqual([500, 100, 3])
    expect([all('swap_in'), all('swap_out'), all('major_faults')]).toEqual([2 * 4096, 5 * 4096, 1])
    expect([all('pressure_memory_some'), all('pressure_memory_full')]).toEqual([0.5, 0.25])
    expect([all('pressure_cpu_some'), all('pressure_io_some'), all('pressure_io_full')]).toEqual([
      0.125, 0, 0,
    ])
    const sda = of('disk', 'sda')
    expect([sda('read'), sda('write'), sda('discard')]).toEqual([100 * 512, 400 * 512, 8 * 512])
    expect([sda('reads'), sda('writes')]).toEqual([10, 20])
    expect([sda('read_latency'), sda('write_latency')]).toEqual([0.006, 0.01])
    expect([sda('utilisation'), sda('queue')]).toEqual([0.5, 1])
    const eth0 = of('network', 'eth0')
    expect([eth0('receive'), eth0('receive_packets'), eth0('receive_errors'), eth0('receive_drops')]).toEqual(
      [1000, 10, 2, 3],
    )
    expect([
      eth0('transmit'),
      eth0('transmit_packets'),
      eth0('transmit_errors'),
      eth0('transmit_drops'),
    ]).toEqual([2000, 20, 4, 5])
  })

  it('gives totals of disks and interfaces, nothing counted twice', async () => {
    const session = await openSession(recentHost())
    const { host, sink } = session
    edit(host, '/proc/diskstats', /$/, ' 253 0 dm-0 1 0 1 1 1 0 1 1 0 1 1\n 8 16 sdb 1 0 0 1 1 0 0 1 0 1 1\n')
    edit(host, '/proc/net/dev', /$/, ' bond0: 0 0\n eth1: 0 0 0 0 0 0 0 0 0 0\n')
    host.files.set('/sys/block/dm-0/size', '1')
    host.files.set('/sys/block/sdb/size', '1')
    host.files.set('/sys/class/net/eth1/device/uevent', '')
    await nextSample(session)
    await nextSample(session)
    expect(sink.present('network')).toEqual(['lo', 'eth0', 'bond0', 'eth1'])
    edit(host, '/proc/diskstats', 'sda 100 0 2000 500 200 0 4000', 'sda 100 0 2010 500 200 0 4020')
    edit(host, '/proc/diskstats', 'sdb 1 0 0 1 1 0 0', 'sdb 1 0 1 1 1 0 2')
    edit(host, '/proc/diskstats', 'dm-0 1 0 1 1 1 0 1', 'dm-0 1 0 12 1 1 0 23')
    edit(host, '/proc/net/dev', /eth0: 5000 (.*) 7000 /, 'eth0: 5100 $1 7200 ')
    edit(host, '/proc/net/dev', ' eth1: 0 0 0 0 0 0 0 0 0 0', ' eth1: 10 0 0 0 0 0 0 0 20 0')
    edit(host, '/proc/net/dev', 'bond0: 0', 'bond0: 110')
    edit(host, '/proc/net/dev', 'lo: 1000', 'lo: 9000')
    await nextSample(session)
    const total = (metric: string): number => sink.value('host', 'host', metric)
    expect([total('disk_read'), total('disk_write')]).toEqual([11 * 512, 22 * 512])
    expect([total('network_receive'), total('network_transmit')]).toEqual([110, 220])
  })

  it('has the page size and ticks of the host, not of the console', async () => {
    const host = recentHost()
    host.commands.set('getconf PAGESIZE', '65536\n')
    const session = await openSession(host)
    expect(session.sink.column('host', 'host', 'swap_in')?.reading).toMatchObject({ scale: 65_536 })
  })

  it('stamps samples with both clocks, at equal distances once there are rates', async () => {
    const session = await openSession(recentHost())
    await session.clock.advance(3_000)
    const commits = session.sink.commits()
    expect(commits.map((commit) => commit.monotonic)).toEqual([1_000, 1_400, 2_400, 3_400, 4_400])
    expect(commits.map((commit) => commit.time - commit.monotonic)).toEqual(
      commits.map(() => session.clock.offset),
    )
  })

  it('does not take the kernel’s small steps back of iowait for a reset', async () => {
    const session = await openSession(recentHost())
    const before = session.sink.raw('host', 'host', 'cpu_iowait')
    edit(session.host, '/proc/stat', /^cpu .*/, 'cpu  110 10 50 1090 39 5 5 20 8 2')
    await nextSample(session)
    expect(session.sink.raw('host', 'host', 'cpu_iowait')).toBe(before)
    edit(session.host, '/proc/stat', /^cpu .*/, 'cpu  120 10 50 1180 41 5 5 20 8 2')
    await nextSample(session)
    expect(session.sink.raw('host', 'host', 'cpu_iowait')).toBe(41)
  })
})

describe('kernels', () => {
  it('runs on 2.6.32: no available memory, no pressure, fewer columns, 14 fields a disk', async () => {
    const host = recentHost()
    for (const file of ['cpu', 'memory', 'io']) host.files.delete(`/proc/pressure/${file}`)
    host.files.delete('/proc/sys/kernel/arch')
    host.commands.set('uname -m', 'i686\n')
    host.files.set('/proc/stat', 'cpu  10 0 10 80\ncpu0 10 0 10 80\nctxt 5\nprocesses 7\n')
    host.files.set('/proc/meminfo', 'MemTotal: 8000 kB\nMemFree: 1000 kB\n')
    host.files.set(
      '/proc/diskstats',
      '   8 0 sda 100 0 2000 500 200 0 4000 900 0 700 1400\n   8 1 sda1 1 2 3 4\n',
    )
    const session = await openSession(host)
    host.files.set('/proc/stat', 'cpu  20 0 20 160\ncpu0 20 0 20 160\nctxt 5\nprocesses 7\n')
    await nextSample(session)
    const { sink } = session
    expect(sink.value('host', 'host', 'cpu')).toBeCloseTo(0.2)
    for (const metric of [
      'cpu_iowait',
      'cpu_steal',
      'cpu_irq',
      'cpu_guest',
      'memory_available',
      'memory_used',
      'pressure_cpu_some',
    ]) {
      expect(sink.value('host', 'host', metric), metric).toBeNaN()
    }
    expect(sink.value('host', 'host', 'memory_total')).toBe(8000 * 1024)
    expect(sink.column('disk', 'sda', 'discard')).toBeUndefined()
    expect(sink.value('disk', 'sda', 'read')).toBe(0)
    expect(sink.column('disk', 'sda', 'read')?.reading).toMatchObject({ bits: 32 })
    expect(sink.column('network', 'eth0', 'receive')?.reading).toMatchObject({ bits: 32 })
    expect(sink.column('host', 'host', 'interrupts')?.reading).toMatchObject({ bits: 64 })
    expect(sink.column('host', 'host', 'forks')?.reading).toMatchObject({ bits: 32 })
  })

  it('knows that times of disks wrap at 32 bits on every kernel', async () => {
    const { sink } = await openSession(recentHost())
    expect(sink.column('disk', 'sda', 'utilisation')?.reading).toMatchObject({ bits: 32 })
    expect(sink.column('disk', 'sda', 'read')?.reading).toMatchObject({ bits: 64 })
  })

  it('estimates available memory as free(1) does on 3.10', async () => {
    const host = recentHost()
    host.files.set('/proc/sys/vm/min_free_kbytes', '800\n')
    host.files.set(
      '/proc/meminfo',
      'MemTotal: 80000 kB\nMemFree: 10000 kB\nActive(file): 3000 kB\nInactive(file): 5000 kB\nSReclaimable: 4000 kB\n',
    )
    const { sink } = await openSession(host)
    expect(sink.raw('host', 'host', 'memory_available')).toBe(
      (10_000 - 1_000 + 8_000 - 1_000 + 4_000 - 1_000) * 1024,
    )
  })
})

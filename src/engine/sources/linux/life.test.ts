import { describe, expect, it } from 'vitest'
import { DiagnosticError } from '@shared/errors'
import { linuxSource } from './index'
import { edit, recentHost } from './testing/hosts'
import { ManualClock } from './testing/manual-clock'
import { RecordingSink } from './testing/recording-sink'
import { nextSample, openSession } from './testing/session'

describe('things that come and go', () => {
  it('follows cores offline and online', async () => {
    const session = await openSession(recentHost())
    const line = 'cpu1 40 5 25 500 20 2 3 10 4 1\n'
    edit(session.host, '/proc/stat', line, '')
    await nextSample(session)
    expect(session.sink.present('cpu')).toEqual(['cpu0'])
    edit(session.host, '/proc/stat', 'intr', `${line}intr`)
    await nextSample(session)
    expect(session.sink.present('cpu')).toEqual(['cpu0', 'cpu1'])
    expect(session.sink.raw('cpu', 'cpu1', 'user')).toBe(40)
  })

  it('finds a disk that is plugged in, not its partitions, and a loop device once it has traffic', async () => {
    const session = await openSession(recentHost())
    const { host, sink } = session
    host.files.set('/sys/block/dm-0/dm/name', 'vg-root\n')
    edit(
      host,
      '/proc/diskstats',
      /$/,
      ' 253 0 dm-0 5 0 40 1 0 0 0 0 0 0 0\n 253 1 dm-0p1 5 0 40 1 0 0 0 0 0 0 0\n',
    )
    await nextSample(session)
    edit(host, '/proc/diskstats', /loop0 .*/, 'loop0 3 0 8 1 0 0 0 0 0 0 0')
    await nextSample(session)
    expect(sink.present('disk')).toEqual(['sda', 'loop0', 'dm-0'])
    expect(sink.column('disk', 'dm-0', 'read')?.instance.name).toBe('dm-0 (vg-root)')
    expect(sink.raw('disk', 'dm-0', 'read')).toBe(40)
    edit(host, '/proc/diskstats', / +8 .*sda .*\n/, '')
    await nextSample(session)
    expect(sink.present('disk')).toEqual(['loop0', 'dm-0'])
  })

  it('tells partitions by their names where /sys/block cannot be read', async () => {
    const host = recentHost()
    host.files.delete('/sys/block/sda/size')
    host.files.delete('/sys/block/loop0/size')
    const { sink } = await openSession(host)
    expect(sink.present('disk')).toEqual(['sda'])
  })

  it('follows interfaces', async () => {
    const session = await openSession(recentHost())
    edit(session.host, '/proc/net/dev', 'eth0', 'vif1.0')
    await nextSample(session)
    expect(session.sink.present('network')).toEqual(['lo'])
    await nextSample(session)
    expect(session.sink.present('network')).toEqual(['lo', 'vif1.0'])
    expect(session.sink.raw('network', 'vif1.0', 'receive')).toBe(5000)
    expect(session.sink.raw('network', 'eth0', 'receive')).toBeNaN()
  })

  it('follows mounts, each five seconds', async () => {
    const session = await openSession(recentHost())
    session.host.uses.set('/data', { size: 10, free: 10, available: 10, inodes: 0, inodesFree: 0 })
    edit(session.host, '/proc/self/mounts', /$/, '/dev/sdb /data xfs rw 0 0\n')
    await session.clock.advance(5_000)
    expect(session.sink.present('filesystem')).toEqual(['/', '/data'])
    expect(session.sink.raw('filesystem', '/data', 'use')).toBe(0)
    expect(session.sink.raw('filesystem', '/data', 'inodes_use')).toBeNaN()
    edit(session.host, '/proc/self/mounts', '/dev/sdb /data xfs rw 0 0\n', '')
    await session.clock.advance(5_000)
    expect(session.sink.present('filesystem')).toEqual(['/'])
  })

  it('asks a mount that gave no answer again only after a minute', async () => {
    const session = await openSession(recentHost())
    edit(session.host, '/proc/self/mounts', /$/, 'nas:/export /mnt nfs4 rw 0 0\n')
    await session.clock.advance(5_000)
    expect(session.sink.present('filesystem')).toEqual(['/', '/mnt'])
    expect(session.sink.raw('filesystem', '/mnt', 'size')).toBeNaN()
    session.host.uses.set('/mnt', { size: 10, free: 5, available: 5, inodes: 0, inodesFree: 0 })
    await session.clock.advance(30_000)
    expect(session.sink.raw('filesystem', '/mnt', 'size')).toBeNaN()
    await session.clock.advance(35_000)
    expect(session.sink.raw('filesystem', '/mnt', 'size')).toBe(10)
  })

  it('bounds what a host can make it keep', async () => {
    const host = recentHost()
    const lines = Array.from({ length: 6_000 }, (_, index) => `v${index}: 1 1\n`).join('')
    host.files.set('/proc/net/dev', lines)
    const { sink } = await openSession(host)
    expect(sink.present('network').length).toBe(4_096)
  })
})

describe('faults', () => {
  it('gives nothing for a file that cannot be read, and the rest as ever', async () => {
    const session = await openSession(recentHost())
    const { host, sink } = session
    const content = host.files.get('/proc/net/dev')
    host.files.set('/proc/net/dev', new DiagnosticError('permission-denied', 'No.'))
    await nextSample(session)
    expect(sink.raw('network', 'eth0', 'receive')).toBeNaN()
    expect(sink.present('network')).toEqual(['lo', 'eth0'])
    expect(sink.raw('host', 'host', 'load1')).toBe(0.5)
    expect(sink.raw('disk', 'sda', 'read')).toBe(2000)
    if (content !== undefined) host.files.set('/proc/net/dev', content)
    await session.clock.advance(31_000)
    expect(sink.raw('network', 'eth0', 'receive')).toBe(5000)
  })

  it('does not try a missing file at every sample', async () => {
    const host = recentHost()
    host.files.delete('/proc/pressure/io')
    const session = await openSession(host)
    await session.clock.advance(4_000)
    const before = host.reads
    await nextSample(session)
    expect(host.reads - before).toBeLessThanOrEqual(10)
    host.files.set('/proc/pressure/io', 'some total=7\n')
    await session.clock.advance(30_000)
    expect(session.sink.raw('host', 'host', 'pressure_io_some')).toBe(7)
  })

  it('survives any content', async () => {
    const session = await openSession(recentHost())
    for (const path of session.host.files.keys())
      session.host.files.set(path, Uint8Array.from([0, 255, 10, 32, 58, 40, 41, 10]))
    await session.clock.advance(6_000)
    expect(session.sink.commits().length).toBe(8)
    expect(session.sink.raw('host', 'host', 'memory_total')).toBeNaN()
    expect(session.sink.present('network')).toEqual([])
  })

  it('ends with the reason when the transport is lost, and leaves nothing open', async () => {
    const session = await openSession(recentHost())
    expect(session.host.openHandles).toBeGreaterThan(5)
    const lost = new DiagnosticError('connection-lost', 'The host is gone.')
    session.host.failure = lost
    const ended = expect(session.source.done).rejects.toBe(lost)
    await nextSample(session)
    await ended
    expect(session.clock.sleeping).toBe(0)
    expect(session.host.openHandles).toBe(0)
  })

  it('is lost too where some files were missing all along', async () => {
    const host = recentHost()
    host.files.delete('/proc/pressure/io')
    const session = await openSession(host)
    session.host.failure = new DiagnosticError('connection-lost', 'The host is gone.')
    const ended = expect(session.source.done).rejects.toMatchObject({ code: 'connection-lost' })
    await nextSample(session)
    await ended
  })

  it('adds no samples while nothing can be read, and goes on afterwards', async () => {
    const session = await openSession(recentHost())
    session.host.failure = new DiagnosticError('timeout', 'No answer.')
    await session.clock.advance(5_000)
    expect(session.sink.commits().length).toBe(2)
    session.host.failure = null
    await session.clock.advance(30_000)
    expect(session.sink.commits().length).toBeGreaterThan(3)
  })

  it('rejects to open where nothing can be read', async () => {
    const host = recentHost()
    host.failure = new DiagnosticError('permission-denied', 'No.')
    const opening = linuxSource.open({
      transport: host,
      clock: new ManualClock(),
      sink: new RecordingSink(),
      signal: new AbortController().signal,
    })
    await expect(opening).rejects.toMatchObject({ code: 'not-supported', cause: host.failure })
    expect(host.openHandles).toBe(0)
  })
})

describe('end', () => {
  it('closes once or twice, and leaves no handle and no timer', async () => {
    const { source, host, clock, sink } = await openSession(recentHost())
    await Promise.all([source.close(), source.close()])
    await source.close()
    await expect(source.done).resolves.toBeUndefined()
    expect(host.openHandles).toBe(0)
    expect(clock.sleeping).toBe(0)
    const before = sink.commits().length
    await clock.advance(10_000)
    expect(sink.commits().length).toBe(before)
  })

  it('ends when its signal is aborted', async () => {
    const { source, host, clock, stop } = await openSession(recentHost())
    stop.abort()
    await expect(source.done).resolves.toBeUndefined()
    expect([host.openHandles, clock.sleeping]).toEqual([0, 0])
  })

  it('runs no command but those of the opening', async () => {
    const session = await openSession(recentHost())
    const before = session.host.executed.length
    await session.clock.advance(20_000)
    expect(session.host.executed.length).toBe(before)
  })
})

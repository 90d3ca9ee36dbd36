import { describe, expect, it } from 'vitest'
import type { ProcessTable } from '@shared/model/host'
import type { Environment } from './environment'
import { ProcessSampler } from './processes'
import { processLine, type FakeProcess } from './testing/hosts'
import { ManualClock } from './testing/manual-clock'
import { RecordingSink } from './testing/recording-sink'
import { ScriptedHost } from './testing/scripted-host'

const environment: Environment = {
  hostname: 'x',
  pageSize: 65_536,
  ticksPerSecond: 250,
  longBits: 64,
  minimumFree: NaN,
}

class Machine {
  readonly host = new ScriptedHost({ '/proc/uptime': '1 1', '/proc/self/stat': 'not a process' })
  readonly clock = new ManualClock()
  readonly sink = new RecordingSink()
  readonly stop = new AbortController()
  readonly sampler = new ProcessSampler(
    { transport: this.host, clock: this.clock, sink: this.sink, signal: this.stop.signal },
    environment,
  )

  run(process: FakeProcess): void {
    this.host.files.set(`/proc/${process.pid}/stat`, processLine(process))
  }

  async sample(): Promise<ProcessTable | undefined> {
    await this.sampler.sample()
    return this.sink.tables.at(-1)
  }
}

describe('ProcessSampler', () => {
  it('counts processes and their states, with memory and threads', async () => {
    const machine = new Machine()
    machine.run({ pid: 1, name: 'init', pages: 3 })
    machine.run({ pid: 20, name: 'Web (Content)', state: 'R' })
    machine.run({ pid: 30, state: 'D' })
    const table = await machine.sample()
    expect(table).toMatchObject({ time: machine.clock.now(), total: 3, running: 1, blocked: 1 })
    expect(table?.rows.find((row) => row.pid === 1)).toEqual({
      pid: 1,
      name: 'init',
      state: 'S',
      cpu: null,
      memory: 3 * 65_536,
      threads: 3,
    })
    expect(table?.rows.find((row) => row.pid === 20)?.name).toBe('Web (Content)')
  })

  it('gives CPU as share of one core over the interval', async () => {
    const machine = new Machine()
    machine.run({ pid: 1, ticks: 1_000 })
    machine.run({ pid: 2, ticks: 50 })
    await machine.sample()
    machine.clock.jump(5_000)
    machine.run({ pid: 1, ticks: 1_000 + 2 * 5 * 250 })
    const table = await machine.sample()
    expect(table?.rows.map((row) => [row.pid, row.cpu])).toEqual([
      [1, 2],
      [2, 0],
    ])
  })

  it('knows a new process with an old pid, and forgets those that ended', async () => {
    const machine = new Machine()
    machine.run({ pid: 7, ticks: 1_000, start: 10 })
    machine.run({ pid: 8 })
    await machine.sample()
    machine.clock.jump(5_000)
    machine.run({ pid: 7, ticks: 1_100, start: 99 })
    machine.host.files.delete('/proc/8/stat')
    const table = await machine.sample()
    expect(table?.rows.map((row) => [row.pid, row.cpu])).toEqual([[7, null]])
  })

  it('publishes the hundred that use most CPU and the hundred that hold most memory', async () => {
    const machine = new Machine()
    for (let pid = 1; pid <= 1_000; pid++) machine.run({ pid, pages: pid })
    await machine.sample()
    machine.clock.jump(5_000)
    for (let pid = 1; pid <= 1_000; pid++) machine.run({ pid, pages: pid, ticks: 1_000 - pid })
    const table = await machine.sample()
    const pids = new Set(table?.rows.map((row) => row.pid))
    expect(table?.total).toBe(1_000)
    expect(pids.size).toBe(200)
    expect(table?.rows.length).toBe(200)
    for (let pid = 1; pid <= 100; pid++) expect(pids.has(pid) && pids.has(1_001 - pid)).toBe(true)
  })

  it('publishes no more than that where all are alike', async () => {
    const machine = new Machine()
    for (let pid = 1; pid <= 500; pid++) machine.run({ pid })
    expect((await machine.sample())?.rows.length).toBe(100)
  })

  it('publishes no table where /proc cannot be listed', async () => {
    const machine = new Machine()
    machine.host.files.clear()
    expect(await machine.sample()).toBeUndefined()
  })

  it('lets others run while it reads many', async () => {
    const machine = new Machine()
    for (let pid = 1; pid <= 2_000; pid++) machine.run({ pid })
    // Each opening and each reading takes this many milliseconds of the thread, as on a slow machine.
    const cost = 0.05
    machine.host.onRead = () => machine.clock.jump(cost)
    let longest = 0
    let last = machine.clock.monotonic()
    let sampling = true
    const turns = (): void => {
      longest = Math.max(longest, machine.clock.monotonic() - last)
      last = machine.clock.monotonic()
      if (sampling) setImmediate(turns)
    }
    setImmediate(turns)
    await machine.sampler.sample()
    sampling = false
    turns()
    expect(longest).toBeGreaterThan(0)
    expect(longest).toBeLessThanOrEqual(8 + 2 * 16 * cost)
  })

  it('stops in the middle when it is told to', async () => {
    const machine = new Machine()
    for (let pid = 1; pid <= 100; pid++) machine.run({ pid })
    machine.stop.abort()
    expect(await machine.sample()).toBeUndefined()
  })
})

describe('ProcessFiles', () => {
  it('keeps files open, closes those of processes that ended, and all at the end', async () => {
    const machine = new Machine()
    for (let pid = 1; pid <= 50; pid++) machine.run({ pid })
    await machine.sample()
    expect(machine.host.openHandles).toBe(50)
    const reads = machine.host.reads
    await machine.sample()
    expect(machine.host.reads - reads).toBe(50)
    for (let pid = 1; pid <= 20; pid++) machine.host.files.delete(`/proc/${pid}/stat`)
    expect((await machine.sample())?.total).toBe(30)
    expect(machine.host.openHandles).toBe(30)
    await machine.sampler.close()
    expect(machine.host.openHandles).toBe(0)
  })

  it('goes on with single reads where no more files can be opened', async () => {
    const machine = new Machine()
    for (let pid = 1; pid <= 100; pid++) machine.run({ pid })
    machine.host.handleLimit = 40
    expect((await machine.sample())?.total).toBe(100)
    expect((await machine.sample())?.total).toBe(100)
    expect(machine.host.openHandles).toBe(40)
  })

  it('keeps a bounded number open and still reads all', async () => {
    const machine = new Machine()
    for (let pid = 1; pid <= 700; pid++) machine.run({ pid })
    expect((await machine.sample())?.total).toBe(700)
    expect(machine.host.openHandles).toBe(512)
    await machine.sampler.close()
    expect(machine.host.openHandles).toBe(0)
  })
})

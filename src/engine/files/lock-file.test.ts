import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildChildProgram, type ChildProgram } from '../../../tests/support/child-program'
import { mountSmallDisk } from '../../../tests/support/small-disk'
import { systemClock, type Clock } from '../clock'
import { withFileLock } from './lock-file'

const trialDisk = mountSmallDisk(64)
trialDisk?.release()

let folder = ''
let file = ''
let lock = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-file-'))
  file = join(folder, 'count')
  lock = `${file}.lock`
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Waiting takes no time by this clock's own measure but what is slept. */
function hastyClock(): Clock & { slept: number } {
  const clock = {
    slept: 0,
    now: () => Date.now(),
    monotonic: () => clock.slept,
    sleep: (milliseconds: number) => {
      clock.slept += milliseconds
      return new Promise<void>((resolve) => setImmediate(resolve))
    },
  }
  return clock
}

/** Above the largest that Linux and macOS give out. */
const noPid = 2 ** 22 + 1
const nameOf = (pid: number, host = hostname()) => `${pid} 0123456789abcdef ${host}\n`

describe('a file lock', () => {
  it('is there during the work, names its holder, and is gone after it', async () => {
    const seen = await withFileLock(file, systemClock, async () => ({
      text: await readFile(lock, 'utf8'),
      mode: (await stat(lock)).mode & 0o777,
    }))
    expect(seen.text.split(' ')[0]).toBe(String(process.pid))
    expect(seen.mode).toBe(0o600)
    expect(await readdir(folder)).toEqual([])
  })

  it('is given back when the work fails', async () => {
    const failed = withFileLock(file, systemClock, () => Promise.reject(new Error('told to')))
    await expect(failed).rejects.toThrow('told to')
    expect(await readdir(folder)).toEqual([])
  })

  it('lets one at a time in, within one process too', async () => {
    let inside = 0
    const most = await Promise.all(
      Array.from({ length: 8 }, () =>
        withFileLock(file, systemClock, async () => {
          const now = ++inside
          await new Promise((resolve) => setImmediate(resolve))
          inside--
          return now
        }),
      ),
    )
    expect(Math.max(...most)).toBe(1)
  })

  it.each([
    ['a process that is gone', () => nameOf(noPid)],
    ['this process id, of an earlier life', () => nameOf(process.pid)],
  ])('of %s is broken at once', async (_, name) => {
    await writeFile(lock, name())
    const clock = hastyClock()
    expect(await withFileLock(file, clock, () => Promise.resolve('in'))).toBe('in')
    expect(clock.slept).toBe(0)
    expect(await readdir(folder)).toEqual([])
  })

  it.each([
    ['a living process', 70, () => nameOf(process.ppid)],
    ['another machine', 70, () => nameOf(1, 'elsewhere')],
    ['nobody it names', 3, () => ''],
  ])('of %s is broken once it is too old', async (_, seconds, name) => {
    await writeFile(lock, name())
    const clock = hastyClock()
    await expect(withFileLock(file, clock, () => Promise.resolve())).rejects.toMatchObject({
      code: 'conflict',
      where: lock,
      hint: expect.stringContaining('remove the lock file') as unknown,
    })
    expect(clock.slept).toBeGreaterThan(9_000)
    expect(await readdir(folder)).toEqual(['count.lock'])
    const then = Date.now() / 1000 - seconds
    await utimes(lock, then, then)
    expect(await withFileLock(file, hastyClock(), () => Promise.resolve('in'))).toBe('in')
  })

  it('that somebody else broke and took is left to him', async () => {
    await withFileLock(file, systemClock, () => writeFile(lock, nameOf(process.ppid)))
    expect(await readFile(lock, 'utf8')).toBe(nameOf(process.ppid))
  })

  it('says so when the folder cannot be written', async () => {
    await writeFile(file, 'x')
    const inFile = withFileLock(join(file, 'below'), systemClock, () => Promise.resolve())
    await expect(inFile).rejects.toMatchObject({ where: join(file, 'below') })
  })

  it.runIf(trialDisk)('is not left behind by a full disk', async () => {
    const disk = mountSmallDisk(64)
    try {
      disk!.fill(0)
      const work = withFileLock(join(disk!.path, 'count'), systemClock, () => Promise.resolve())
      await expect(work).rejects.toMatchObject({ code: 'limit-exceeded' })
      expect(await readdir(disk!.path)).toEqual(['.filler'])
    } finally {
      disk!.release()
    }
  })
})

describe('several processes', () => {
  let program: ChildProgram
  beforeAll(async () => (program = await buildChildProgram('src/engine/files/testing/count-loop.ts')))
  afterAll(() => program.remove())

  it('lose no change to one another', { timeout: 120_000 }, async () => {
    const counters = Array.from({ length: 3 }, () => program.start(file, '40'))
    expect(await Promise.all(counters.map((counter) => counter.ended))).toEqual([0, 0, 0])
    expect(await readFile(file, 'utf8')).toBe('120')
    expect(await readdir(folder)).toEqual(['count'])
  })

  it('go on after one of them was killed with the lock in hand', { timeout: 120_000 }, async () => {
    let counted = 0
    for (let kill = 0; kill < 6; kill++) {
      const counters = [program.start(file, '-1'), program.start(file, '-1')]
      await Promise.all(counters.map((counter) => counter.nextMessage()))
      for (const counter of counters) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
        counter.process.kill('SIGKILL')
        await counter.ended
        counted += counter.messages.length
      }
    }
    const last = program.start(file, '1')
    expect(await last.ended).toBe(0)
    counted += 1
    // A killed one may have counted without living to tell.
    const found = Number(await readFile(file, 'utf8'))
    expect(found).toBeGreaterThanOrEqual(counted)
    expect(found).toBeLessThanOrEqual(counted + 12)
  })
})

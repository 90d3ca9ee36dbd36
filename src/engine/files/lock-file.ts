import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, resolve } from 'node:path'
import { DiagnosticError } from '@shared/errors'
import type { Clock } from '../clock'
import { fileError, systemErrorName } from './system-error'
import { inTurn } from './turns'

/** Milliseconds. A lock is held for one read and one write of a small file. */
const patience = 10_000
const longestHold = 60_000
/** Between making the lock and writing the holder's name into it. */
const longestNameless = 2_000
const pause = 15

/** What this process holds: a lock with its process id that is not in here is of a dead one with the same id. */
const held = new Set<string>()

/**
 * Runs `work` while no other process that asks for the same lock runs its own: `<path>.lock` exists meanwhile and
 * names the holder. A lock whose holder is dead, or that is older than a minute, is broken. Rejects with `conflict`
 * when somebody else holds it for 10 s.
 *
 * A lock that is broken in the same instant by several processes may let two of them in; whoever must be sure
 * writes with `expected` as well.
 */
export function withFileLock<T>(path: string, clock: Clock, work: () => Promise<T>): Promise<T> {
  const lock = `${resolve(path)}.lock`
  return inTurn(`lock ${lock}`, async () => {
    const name = await acquire(lock, path, clock)
    try {
      return await work()
    } finally {
      held.delete(name)
      // Somebody may have found that it took too long.
      if ((await holderOf(lock)) === name) await rm(lock, { force: true }).catch(() => undefined)
    }
  })
}

async function acquire(lock: string, path: string, clock: Clock): Promise<string> {
  const name = `${process.pid} ${randomBytes(8).toString('hex')} ${hostname()}\n`
  const end = clock.monotonic() + patience
  const never = new AbortController().signal
  held.add(name)
  try {
    await mkdir(dirname(lock), { recursive: true, mode: 0o700 })
    while (!(await create(lock, name))) {
      const holder = await holderOf(lock)
      if (holder === null) continue
      if (await isAbandoned(lock, holder, clock)) await breakLock(lock, holder)
      else if (clock.monotonic() > end) throw busy(lock, holder)
      else await clock.sleep(pause * (1 + Math.random()), never)
    }
    return name
  } catch (thrown) {
    held.delete(name)
    throw fileError(thrown, 'Locking the file', path)
  }
}

async function create(lock: string, name: string): Promise<boolean> {
  let handle: FileHandle
  try {
    handle = await open(lock, 'wx', 0o600)
  } catch (thrown) {
    if (systemErrorName(thrown) === 'EEXIST') return false
    throw thrown
  }
  try {
    await handle.writeFile(name)
    return true
  } catch (thrown) {
    // A full disk had room for the file, and none for the name.
    await rm(lock, { force: true }).catch(() => undefined)
    throw thrown
  } finally {
    await handle.close()
  }
}

/** Null when the lock is free. */
async function holderOf(lock: string): Promise<string | null> {
  try {
    return await readFile(lock, 'utf8')
  } catch (thrown) {
    if (systemErrorName(thrown) === 'ENOENT') return null
    throw thrown
  }
}

async function isAbandoned(lock: string, holder: string, clock: Clock): Promise<boolean> {
  const made = await stat(lock).catch(() => null)
  if (made === null) return false
  const age = clock.now() - made.mtimeMs
  const [, pid, host] = /^(\d+) [0-9a-f]{16} (.*)\n$/.exec(holder) ?? []
  if (pid === undefined) return age > longestNameless
  if (age > longestHold) return true
  if (host !== hostname()) return false
  return Number(pid) === process.pid ? !held.has(holder) : !isRunning(Number(pid))
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return systemErrorName(thrown) !== 'ESRCH'
  }
}

/** Of several that break the same lock one gets it; who took a newer one puts it back. */
async function breakLock(lock: string, holder: string): Promise<void> {
  const taken = `${lock}.${randomBytes(8).toString('hex')}.tmp`
  try {
    await rename(lock, taken)
  } catch (thrown) {
    if (systemErrorName(thrown) === 'ENOENT') return
    throw thrown
  }
  if ((await holderOf(taken)) !== holder) await link(taken, lock).catch(() => undefined)
  await rm(taken, { force: true })
}

function busy(lock: string, holder: string): DiagnosticError {
  const pid = holder.split(' ')[0]
  return new DiagnosticError(
    'conflict',
    `Another console${pid ? ` (process ${pid})` : ''} has been holding the lock for ${patience / 1000} s.`,
    { where: lock, hint: 'Try again; if no other console runs, remove the lock file.' },
  )
}

import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { expectNoLeaks } from './leaks'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

/** Leaks one thing in each round; the checker must name it. */
const leaking = (leak: () => () => void): Promise<void> =>
  expectNoLeaks(
    () => {
      cleanups.push(leak())
      return Promise.resolve()
    },
    2,
    400,
  )

describe('leak checker', () => {
  it('is content with work that cleans up, even a moment later', async () => {
    await expectNoLeaks(() => {
      const descriptor = openSync('/proc/self/stat', 'r')
      const child = spawn('sleep', ['0.05'], { stdio: 'ignore' })
      child.once('exit', () => closeSync(descriptor))
      return Promise.resolve()
    }, 3)
  })

  it('names a descriptor', async () => {
    const leak = (): (() => void) => {
      const descriptor = openSync('/proc/self/status', 'r')
      return () => closeSync(descriptor)
    }
    await expect(leaking(leak)).rejects.toThrow(/descriptor \d+ -> \/proc\/\d+\/status/)
  })

  it('names a child', async () => {
    const leak = (): (() => void) => {
      const child: ChildProcess = spawn('sleep', ['98.7'], { stdio: 'ignore' })
      return () => child.kill('SIGKILL')
    }
    await expect(leaking(leak)).rejects.toThrow(/child \d+ \(\w\) sleep 98\.7/)
  })

  it('names a timer', async () => {
    const leak = (): (() => void) => {
      const timer = setInterval(() => undefined, 60_000)
      return () => clearInterval(timer)
    }
    await expect(leaking(leak)).rejects.toThrow(/resource Timeout #\d+/)
  })

  it('names a listener on the process', async () => {
    const leak = (): (() => void) => {
      const listener = (): void => undefined
      process.on('SIGHUP', listener)
      return () => process.off('SIGHUP', listener)
    }
    await expect(leaking(leak)).rejects.toThrow(/process listener for SIGHUP #2/)
  })
})

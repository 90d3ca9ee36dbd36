import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chooseShell, install, silence } from '../scripts/start/electron.mjs'

let root = ''
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'start-'))))
afterEach(() => rmSync(root, { recursive: true, force: true }))

const choice = { args: [], env: { DISPLAY: ':0' }, platform: 'linux' as const, uid: 1000 }
const never = (): Promise<string | null> => Promise.reject(new Error('nothing was to be fetched'))

function putBinary(): string {
  const folder = join(root, 'node_modules/electron')
  mkdirSync(join(folder, 'dist'), { recursive: true })
  writeFileSync(join(folder, 'path.txt'), 'electron')
  writeFileSync(join(folder, 'dist/electron'), '')
  return join(folder, 'dist/electron')
}

describe('which shell is started', () => {
  it('Electron where its binary is and there is a screen', async () => {
    const binary = putBinary()
    const started = { ...choice, root, fetch: never }
    expect(await chooseShell(started)).toEqual({ binary })
    expect(await chooseShell({ ...started, env: { WAYLAND_DISPLAY: 'w' } })).toEqual({ binary })
    expect(await chooseShell({ ...started, env: {}, platform: 'darwin', uid: 0 })).toEqual({ binary })
  })

  it.each([
    ['no screen', { env: {} }, /no screen/],
    ['root', { uid: 0 }, /root/],
    ['asked for', { args: ['--web'] }, null],
    ['an option of the web console', { args: ['--port=8080'] }, null],
  ])('the web console: %s', async (_, change, why) => {
    putBinary()
    const shell = await chooseShell({ ...choice, ...change, root, fetch: never })
    if (why === null) expect(shell).toEqual({ why })
    else expect('why' in shell && shell.why).toMatch(why)
  })

  it('Electron after its binary was fetched', async () => {
    const fetch = (): Promise<null> => Promise.resolve((putBinary(), null))
    expect(await chooseShell({ ...choice, root, fetch })).toHaveProperty('binary')
  })

  it('the web console when it cannot be fetched, which is not tried again for a day', async () => {
    const fetch = (): Promise<string> => Promise.resolve('nothing arrived for 20 s')
    const first = await chooseShell({ ...choice, root, fetch })
    expect('why' in first && first.why).toMatch(/not installed .* \(nothing arrived for 20 s\)/)
    const second = await chooseShell({ ...choice, root, fetch: never })
    expect('why' in second && second.why).toMatch(/lately/)
    const yesterday = Date.now() / 1_000 - 25 * 3_600
    utimesSync(join(root, '.cache/electron-not-fetched'), yesterday, yesterday)
    expect(
      await chooseShell({ ...choice, root, fetch: () => Promise.resolve((putBinary(), null)) }),
    ).toHaveProperty('binary')
    expect(existsSync(join(root, '.cache/electron-not-fetched'))).toBe(false)
  })
})

describe('fetching', () => {
  const installer = (code: string): string => {
    const path = join(root, 'install.cjs')
    writeFileSync(
      path,
      `const fs = require('fs'); const os = require('os'); const path = require('path');\n${code}`,
    )
    return path
  }

  it('gives up after 20 s of silence', () => expect(silence).toBe(20_000))

  it('is given up when nothing arrives any more, and leaves no process', async () => {
    const pidFile = join(root, 'pid')
    const stuck = installer(
      `fs.writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); fs.writeFileSync(path.join(os.tmpdir(), 'a'), 'x'); setInterval(() => {}, 1e6)`,
    )
    expect(await install(stuck, [], 1_000)).toBe('nothing arrived for 1 s')
    const pid = execFileSync('cat', [pidFile], { encoding: 'utf8' })
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH')
  })

  it('goes on as long as something grows, however slowly', async () => {
    const slow = installer(
      `let n = 0; const t = setInterval(() => { fs.appendFileSync(path.join(os.tmpdir(), 'a'), 'x'); if (++n === 12) process.exit(0) }, 250)`,
    )
    expect(await install(slow, [], 1_500)).toBeNull()
  })

  it('says why it failed', async () => {
    expect(await install(installer(`throw new Error('no route')`), [], 5_000)).toBe('Error: no route')
  })
})

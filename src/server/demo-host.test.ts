import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildSimulator } from '../../tests/support/simulator-build'
import { demoStarter, type DemoProgram } from './demo-host'

/** The real simulator in a real thread. */
describe('the demo host', () => {
  let built: Awaited<ReturnType<typeof buildSimulator>>
  let temporary: string
  const running: DemoProgram[] = []
  const before = process.env['TMPDIR']
  beforeAll(async () => {
    built = await buildSimulator()
  }, 120_000)
  afterAll(() => built.remove())
  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'demo-'))
    process.env['TMPDIR'] = temporary
  })
  afterEach(async () => {
    await Promise.all(running.splice(0).map((demo) => demo.close()))
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    rmSync(temporary, { recursive: true, force: true })
  })

  async function start(program = built.program): Promise<DemoProgram> {
    const demo = await demoStarter(program)?.('healthy')
    if (!demo) throw new Error('not offered here')
    running.push(demo)
    return demo
  }
  const answers = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => resolve(false))
      socket.on('data', () => {
        socket.destroy()
        resolve(true)
      })
    })

  it('runs in a folder that only its owner enters, and leaves nothing', async () => {
    const demo = await start()
    expect(await answers(demo.ssh.port)).toBe(true)
    const folder = dirname(dirname(demo.ssh.key))
    expect(dirname(folder)).toBe(temporary)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    await demo.close()
    expect(readdirSync(temporary)).toEqual([])
    expect(await answers(demo.ssh.port)).toBe(false)
    // A second time is nothing new.
    await demo.close()
  })

  it('says why it did not start, and leaves nothing', async () => {
    const broken = join(temporary, 'broken.mjs')
    writeFileSync(broken, 'process.stderr.write("no such thing\\n"); process.exitCode = 1')
    await expect(start(broken)).rejects.toThrow(/did not start: no such thing/)
    writeFileSync(broken, 'console.log("hello"); setInterval(() => undefined, 1000)')
    await expect(start(broken)).rejects.toThrow('something else than where it is')
    await expect(start(join(temporary, 'nowhere.mjs'))).rejects.toThrow(/did not start/)
    expect(readdirSync(temporary)).toEqual(['broken.mjs'])
  })

  it('removes what a killed engine of the same user left, and nothing else', async () => {
    const ended = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => ended.once('exit', resolve))
    const left = join(temporary, `xcpdemo-${ended.pid}-abc`)
    const kept = [`xcpdemo-${process.ppid}-abc`, 'xcpdemo-x-abc', 'other'].map((name) =>
      join(temporary, name),
    )
    for (const folder of [left, ...kept]) mkdirSync(join(folder, 'var'), { recursive: true })
    await start()
    expect(existsSync(left)).toBe(false)
    expect(kept.filter((folder) => !existsSync(folder))).toEqual([])
  })
})

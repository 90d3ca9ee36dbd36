import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { buildForTest, type TestBuild } from './testing/build'
import { openClient, type TestClient } from './testing/client'
import { exchange, rawRequest } from './testing/raw-http'
import { isAlive, waitFor } from './testing/wait'

interface Program {
  readonly child: ChildProcessWithoutNullStreams
  readonly out: () => string
  readonly err: () => string
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

let build: TestBuild
const programs: Program[] = []

beforeAll(async () => {
  build = await buildForTest()
})
afterAll(() => build.remove())
afterEach(async () => {
  for (const program of programs.splice(0)) {
    program.child.kill('SIGKILL')
    await program.exited
  }
})

function run(args: string[], env: NodeJS.ProcessEnv = {}): Program {
  const child = spawn(process.execPath, [build.web, ...args], {
    env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', ...env },
  })
  const output = { out: '', err: '' }
  child.stdout.on('data', (data: Buffer) => (output.out += data.toString()))
  child.stderr.on('data', (data: Buffer) => (output.err += data.toString()))
  const program: Program = {
    child,
    out: () => output.out,
    err: () => output.err,
    exited: new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal }))),
  }
  programs.push(program)
  return program
}

const urlPattern = /^Console: http:\/\/127\.0\.0\.1:(\d+)\/#token=([\w-]{43})$/gm

async function address(program: Program, nth = 0): Promise<{ port: number; token: string }> {
  const match = await waitFor('an address', () => [...program.out().matchAll(urlPattern)][nth])
  return { port: Number(match[1]), token: match[2] ?? '' }
}

async function enter({ port, token }: { port: number; token: string }): Promise<TestClient> {
  const body = JSON.stringify({ token })
  const fields = [
    ['Host', `127.0.0.1:${port}`],
    ['Origin', `http://127.0.0.1:${port}`],
    ['Content-Type', 'application/json'],
    ['Content-Length', body.length.toString()],
  ] as const
  const answer = await exchange(port, rawRequest('POST', '/session', fields, body))
  const session = /"session":"([\w-]+)"/.exec(answer.body)?.[1]
  if (session === undefined) throw new Error(`no session: ${answer.status} ${answer.body}`)
  return openClient(`http://127.0.0.1:${port}`, session)
}

/** The engine's process, asked over the whole way. */
async function enginePid(client: TestClient): Promise<number> {
  client.send('who')
  const answer = await waitFor('the echo', () => client.messages[0])
  return typeof answer === 'object' && 'pid' in answer ? Number(answer.pid) : 0
}

describe('launch', () => {
  test('prints one line with an address that opens the console', async () => {
    const program = run(['--no-open'])
    const { port, token } = await address(program)
    expect(program.out()).toBe(`Console: http://127.0.0.1:${port}/#token=${token}\n`)
    const page = await exchange(port, rawRequest('GET', '/', [['Host', `127.0.0.1:${port}`]]))
    expect(page.body).toContain('the page')
    const client = await enter({ port, token })
    expect(await enginePid(client)).toBeGreaterThan(0)
    client.socket.close()
  })

  test('Enter prints a fresh address, each good for one tab; the end of input ends nothing', async () => {
    const program = run(['--no-open'])
    const first = await address(program)
    program.child.stdin.write('\n')
    const second = await address(program, 1)
    expect(second.port).toBe(first.port)
    expect(second.token).not.toBe(first.token)
    for (const given of [second, first]) (await enter(given)).socket.close()
    await expect(enter(first)).rejects.toThrow('401')
    program.child.stdin.end()
    const page = await exchange(first.port, rawRequest('GET', '/', [['Host', `127.0.0.1:${first.port}`]]))
    expect(page.status).toBe(200)
  })

  /** A console whose browser only notes what it was given; the folder is where it keeps its launch file. */
  async function runWithBrowser(name: string): Promise<{
    program: Program
    folder: string
    given: () => Promise<string>
  }> {
    const [bin, folder] = [join(build.directory, name, 'bin'), join(build.directory, name, 'runtime')]
    const opened = join(build.directory, name, 'opened')
    await mkdir(bin, { recursive: true })
    await mkdir(folder)
    await writeFile(join(bin, 'xdg-open'), `#!/bin/sh\necho "$@" > '${opened}'\n`)
    await chmod(join(bin, 'xdg-open'), 0o755)
    const program = run([], {
      DISPLAY: ':99',
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      XDG_RUNTIME_DIR: folder,
    })
    const given = (): Promise<string> =>
      waitFor('the browser', async () => {
        const text = await readFile(opened, 'utf8').catch(() => '')
        return text.endsWith('\n') && text.trim()
      })
    return { program, folder, given }
  }

  test('opens the browser with an address of its own, in a file that only this user can read', async () => {
    const { program, folder, given } = await runWithBrowser('used')
    const { port, token } = await address(program)
    const path = await given()
    expect(dirname(dirname(path))).toBe(folder)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700)
    const page = await readFile(path, 'utf8')
    const [, other = ''] = new RegExp(`url=http://127.0.0.1:${port}/#token=([\\w-]{43})"`).exec(page) ?? []
    expect(other).not.toBe(token)
    for (const command of [path, await readFile(`/proc/${program.child.pid ?? 0}/cmdline`, 'utf8')]) {
      expect(command).not.toContain(other)
    }
    ;(await enter({ port, token })).socket.close()
    expect(await readdir(folder)).toHaveLength(1)
    ;(await enter({ port, token: other })).socket.close()
    expect(await readdir(folder)).toEqual([])
  })

  test('takes the file away at its end', async () => {
    const { program, folder, given } = await runWithBrowser('unused')
    await given()
    expect(await readdir(folder)).toHaveLength(1)
    program.child.kill('SIGTERM')
    await program.exited
    expect(await readdir(folder)).toEqual([])
  })

  test('goes on where there is no browser', async () => {
    const folder = join(build.directory, 'no-browser')
    await mkdir(folder)
    const program = run([], { DISPLAY: ':99', PATH: '/nonexistent', XDG_RUNTIME_DIR: folder })
    const client = await enter(await address(program))
    client.socket.close()
    expect(await readdir(folder)).toEqual([])
    expect(program.err()).toBe('')
  })

  test('--port takes the port, and says so when it is in use', async () => {
    const holder = createServer()
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
    const held = holder.address()
    const port = typeof held === 'object' && held ? held.port : 0
    const refused = run(['--no-open', '--port', port.toString()])
    expect(await refused.exited).toEqual({ code: 1, signal: null })
    expect(refused.err()).toBe(
      `Port ${port} of 127.0.0.1 is in use by another program. Choose another with --port N, or leave it out.\n`,
    )
    expect(refused.out()).toBe('')
    await new Promise((resolve) => holder.close(resolve))
    expect((await address(run(['--no-open', '--port', port.toString()]))).port).toBe(port)
  })

  test('--help and mistakes', async () => {
    const help = run(['--help'])
    expect(await help.exited).toEqual({ code: 0, signal: null })
    expect(help.out()).toContain('--port N')
    const mistake = run(['--prot', '1'])
    expect(await mistake.exited).toEqual({ code: 2, signal: null })
    expect(mistake.err()).toContain("'--prot'")
  })
})

describe('the end', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends shell and engine', async (signal) => {
    const program = run(['--no-open'])
    const client = await enter(await address(program))
    const pid = await enginePid(client)
    program.child.kill(signal)
    expect(await program.exited).toEqual({ code: 0, signal: null })
    expect(isAlive(pid)).toBe(false)
    await waitFor('the end of the connection', () => client.end.code)
    expect(client.end.code).toBe(1001)
  })

  test('a terminal signals every process in it: the engine leaves the decision to the shell', async () => {
    const program = run(['--no-open'])
    const client = await enter(await address(program))
    const pid = await enginePid(client)
    for (const signal of ['SIGINT', 'SIGHUP'] as const) process.kill(pid, signal)
    client.send('still there')
    await waitFor('the second echo', () => client.messages[1])
    program.child.kill('SIGINT')
    expect(await program.exited).toEqual({ code: 0, signal: null })
    expect(isAlive(pid)).toBe(false)
    expect(program.err()).toBe('')
  })

  test('an engine that is stuck is ended all the same', async () => {
    const program = run(['--no-open'])
    const client = await enter(await address(program))
    const pid = await enginePid(client)
    process.kill(pid, 'SIGSTOP')
    program.child.kill('SIGTERM')
    expect((await program.exited).signal).toBeNull()
    expect(isAlive(pid)).toBe(false)
  })

  test('an engine outlives no shell: killed with SIGKILL, it takes its engine with it', async () => {
    const program = run(['--no-open'])
    const client = await enter(await address(program))
    const pid = await enginePid(client)
    program.child.kill('SIGKILL')
    await program.exited
    await waitFor('the end of the engine', () => !isAlive(pid))
    await waitFor('the end of the connection', () => client.end.code)
  })
})

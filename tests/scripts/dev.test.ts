import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { openClient, type TestClient } from '../../src/web/testing/client'
import { exchange, rawRequest, type Fields } from '../../src/web/testing/raw-http'
import { waitFor } from '../../src/web/testing/wait'
import { makeProject, type Run, type TestProject } from './project'

let project: TestProject

beforeAll(async () => {
  project = await makeProject()
  for (const path of ['src/web', 'src/server', 'src/shared']) await project.copy(path)
  await project.write('src/engine/engine.ts', `export { createEngine } from '../web/testing/engine'\n`)
  await project.write(
    'src/renderer/index.html',
    '<head></head><script type="module" src="./main.ts"></script>\n',
  )
  await project.write('src/renderer/main.ts', `import './a.css'\nimport.meta.hot?.accept()\n`)
  await project.write('src/renderer/a.css', 'p { color: red }\n')
})
afterAll(() => project.remove())

async function address(run: Run, nth: number): Promise<{ port: number; token: string }> {
  const pattern = /Console: http:\/\/127\.0\.0\.1:(\d+)\/#token=([\w-]{43})\n/g
  const match = await waitFor('an address', () => [...run.out().matchAll(pattern)][nth], 60_000)
  return { port: Number(match[1]), token: match[2] ?? '' }
}

async function enter({ port, token }: { port: number; token: string }): Promise<[string, TestClient]> {
  const body = JSON.stringify({ token })
  const fields: Fields = [
    ['Host', `127.0.0.1:${port}`],
    ['Origin', `http://127.0.0.1:${port}`],
    ['Content-Type', 'application/json'],
    ['Content-Length', body.length.toString()],
  ]
  const answer = await exchange(port, rawRequest('POST', '/session', fields, body))
  const session = /"session":"([\w-]+)"/.exec(answer.body)?.[1] ?? ''
  return [session, await openClient(`http://127.0.0.1:${port}`, session)]
}

async function enginePid(client: TestClient): Promise<number> {
  client.send('who')
  const answer = await waitFor('the echo', () => client.messages.at(-1))
  return typeof answer === 'object' && 'pid' in answer ? Number(answer.pid) : 0
}

test('npm run dev serves pages with hot reload, and replaces engine and shell when they change', async () => {
  const run = project.run('scripts/dev.mjs', ['--no-open'])
  const first = await address(run, 0)
  const host: Fields = [['Host', `127.0.0.1:${first.port}`]]
  const get = (target: string, fields: Fields = host) =>
    exchange(first.port, rawRequest('GET', target, [...fields, ['Connection', 'close']]))

  const page = await get('/')
  expect(page.body).toContain('src="/@vite/client"')
  const nonce = /nonce="([\w-]{22})"/.exec(page.body)?.[1] ?? 'none'
  expect(page.headers.get('content-security-policy')).toContain(`style-src 'self' 'nonce-${nonce}'`)
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self';")
  expect((await get('/main.ts')).headers.get('content-security-policy')).toContain("default-src 'none'")
  // The same door.
  expect((await get('/', [['Host', `localhost:${first.port}`]])).status).toBe(421)
  expect((await get('/main.ts', [...host, ['Origin', 'http://evil.example']])).status).toBe(403)

  const client = await get('/@vite/client')
  const token = /const wsToken = "([^"]+)"/.exec(client.body)?.[1] ?? ''
  const hot = new WebSocket(`ws://127.0.0.1:${first.port}/?token=${token}`, 'vite-hmr', {
    origin: `http://127.0.0.1:${first.port}`,
  })
  const updates: string[] = []
  hot.on('message', (data: Buffer) => updates.push(data.toString()))
  await waitFor('hot reload', () => updates.some((text) => text.includes('connected')))
  await get('/a.css')
  await get('/main.ts')
  await project.write('src/renderer/a.css', 'p { color: blue }\n')
  await waitFor('the update', () => updates.some((text) => text.includes('a.css')))
  hot.terminate()

  const [session, window] = await enter(first)
  const pid = await enginePid(window)
  await project.write(
    'src/engine/engine.ts',
    `export { createEngine } from '../web/testing/engine'\nconsole.log('another engine')\n`,
  )
  await waitFor('the end of the old engine', () => window.end.code, 60_000)
  const again = await openClient(`http://127.0.0.1:${first.port}`, session)
  expect(await enginePid(again)).not.toBe(pid)

  await project.write(
    'src/web/browser.ts',
    `export const openBrowser = (url: string): unknown => url.length\n`,
  )
  const second = await address(run, 1)
  expect(second.port).toBe(first.port)
  const [, newWindow] = await enter(second)
  expect(await enginePid(newWindow)).toBeGreaterThan(0)

  run.child.kill('SIGINT')
  expect(await run.exitCode).toBe(0)
}, 180_000)

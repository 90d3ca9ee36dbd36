import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { running } from '../support/process-table'

const root = resolve(import.meta.dirname, '../..')
let project = ''
beforeEach(async () => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  project = mkdtempSync(join(root, '.cache/package-'))
  await makeProject()
})
afterEach(() => rmSync(project, { recursive: true, force: true }))

/** The project's scripts with small sources, and its packages but for Electron's binary, whether that is here or not. */
async function makeProject(): Promise<void> {
  const own = [
    'scripts',
    'electron.vite.config.ts',
    'electron-builder.json',
    'package.json',
    'package-lock.json',
  ]
  for (const path of [...own, 'tsconfig.base.json'])
    await cp(join(root, path), join(project, path), { recursive: true })
  const programs = ['web/index', 'web/engine-process', 'cli/index', 'simulator/index', 'main/index']
  for (const name of [...programs, 'main/engine/engine-process', 'preload/index'])
    write(`src/${name}.ts`, 'export {}\n')
  write('src/renderer/index.html', '<p>\n')
  mkdirSync(join(project, 'node_modules/electron'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules')).filter((one) => one !== 'electron'))
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name))
  for (const name of ['install.js', 'package.json', 'checksums.json'])
    await cp(join(root, 'node_modules/electron', name), join(project, 'node_modules/electron', name))
}

function write(path: string, content: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true })
  writeFileSync(join(project, path), content)
}

it('gives up a download from which nothing arrives, says so, and leaves nothing behind', async () => {
  const asked: Socket[] = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    asked.push(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = v4(server.address())
  const temporary = join(project, 'tmp')
  mkdirSync(temporary)
  try {
    const child = spawn(process.execPath, [join(project, 'scripts/package.mjs')], {
      env: {
        ...process.env,
        TMPDIR: temporary,
        ELECTRON_MIRROR: `http://127.0.0.1:${port}/`,
        electron_config_cache: join(temporary, 'cache'),
      },
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (said += data.toString()))
    await once(child, 'close')
    expect(said).toContain(
      "No package was made: Electron's binary is not installed and could not be fetched (nothing arrived for 20 s)",
    )
    expect(said).toContain('npx install-electron --no')
    expect(child.exitCode).toBe(1)
    expect(asked.length).toBeGreaterThan(0)
    expect(readdirSync(temporary).filter((name) => name.startsWith('xcp-'))).toEqual([])
    expect(existsSync(join(project, 'out/packages'))).toBe(false)
    expect(existsSync(join(project, 'node_modules/electron/dist'))).toBe(false)
    expect(running(project)).toEqual([])
  } finally {
    for (const socket of asked) socket.destroy()
    server.close()
  }
}, 180_000)

const v4 = (address: AddressInfo | string | null): AddressInfo => {
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address
}

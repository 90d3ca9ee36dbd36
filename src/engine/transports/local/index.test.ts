import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'vite'
import { describe, expect, it } from 'vitest'
import { expectNoLeaks } from '../../../../tests/support/leaks'
import { until } from '../../../../tests/support/poll'
import { running } from '../../../../tests/support/process-table'
import { createLocalTransport } from './index'

describe('local transport', () => {
  it(
    'opens and closes 24 times without a descriptor, timer or child left',
    { timeout: 120_000 },
    async () => {
      const seconds = `3000.${process.pid}`
      const server = createServer((socket) => socket.on('error', () => undefined).resume())
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      if (address === null || typeof address === 'string') throw new Error('It listens on no port.')
      const target = { host: '127.0.0.1', port: address.port }
      // Outlives the rounds, as a host's signal outlives what is opened under it.
      const { signal } = new AbortController()

      await expectNoLeaks(async () => {
        const transport = createLocalTransport()
        const options = { signal }
        const file = await transport.openFile('/proc/stat', options)
        await file.read(options)
        await (await transport.openFile('/etc/passwd', options)).read(options)
        await transport.readFile('/etc/passwd', options)
        await transport.readDirectory('/proc', options)
        await transport.fileSystemUse(['/', '/no/such'], options)
        await transport.exec(['echo', 'x'], options)
        await transport.openTcp(target, options)
        const command = await transport.spawn(['sleep', seconds], options)
        await transport.spawn(['sh', '-c', `sleep ${seconds} & wait`], options)

        const early = new AbortController()
        const unfinished = [
          transport.exec(['sleep', seconds]),
          transport.exec(['sleep', seconds], { signal: early.signal }),
          transport.exec(['sleep', seconds], { deadline: 10 }),
          transport.readFile('/etc/passwd', { signal: early.signal }),
          transport.openFile('/etc/passwd', { deadline: 0 }),
          transport.openTcp(target, { signal: early.signal }),
          transport.fileSystemUse(['/'], { signal: early.signal }),
        ].map((operation) => operation.catch(() => undefined))
        early.abort()
        await transport.close()
        await Promise.all(unfinished)
        await command.done
      })
      await until(() => running(seconds).length === 0)
      await new Promise((closed) => server.close(closed))
    },
  )

  it('knows what it costs this machine, commands included', async () => {
    const transport = createLocalTransport()
    const burn = 'i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done'
    const before = transport.cost()
    expect(before).toMatchObject({ bytesRead: 0, bytesWritten: 0 })
    // `times` prints what the shell itself used: "0m0.52s 0m0.01s" in its first line.
    const { stdout } = await transport.exec(['sh', '-c', `${burn}; times`])
    const [user = NaN, system = NaN] = [
      ...Buffer.from(stdout)
        .toString()
        .matchAll(/0m([\d.]+)s/g),
    ].map(([, value]) => Number(value))
    const spent = transport.cost().cpuSeconds! - before.cpuSeconds!
    expect(user + system).toBeGreaterThan(0)
    // The kernel counts a child in 1/100 s, for user and system each.
    expect(spent).toBeGreaterThanOrEqual(user + system - 0.03)

    const running = await transport.spawn(['sh', '-c', 'while :; do :; done'])
    const start = transport.cost().cpuSeconds!
    // Far more than this process burns while it polls: a command counts while it runs.
    await until(() => transport.cost().cpuSeconds! - start > 0.5)
    const used = transport.cost().cpuSeconds!
    await running.end()
    expect(transport.cost().cpuSeconds!).toBeGreaterThanOrEqual(used)
    await transport.close()
  })

  it('leaves no command behind where the engine exits without closing', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'local-exit-'))
    const seconds = `4000.${process.pid}`
    try {
      await build({
        configFile: false,
        logLevel: 'silent',
        ssr: { noExternal: true },
        resolve: { alias: { '@shared': resolve('src/shared') } },
        build: {
          rolldownOptions: { output: { entryFileNames: 'transport.mjs' } },
          ssr: resolve(import.meta.dirname, 'index.ts'),
          outDir: folder,
        },
      })
      const program = `
        const { createLocalTransport } = await import(${JSON.stringify(join(folder, 'transport.mjs'))})
        await createLocalTransport().spawn(['sh', '-c', "trap '' TERM; echo up; sleep ${seconds}; :"])
          .then(({ stdout }) => new Promise((resolve) => stdout.once('data', resolve)))
        process.exit(3)
      `
      const exited = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
      await expect(exited).rejects.toMatchObject({ code: 3 })
      await until(() => running(`sleep ${seconds}`).length === 0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

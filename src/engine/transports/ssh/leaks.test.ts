import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectNoLeaks } from '../../../../tests/support/leaks'
import { until } from '../../../../tests/support/poll'
import { running } from '../../../../tests/support/process-table'
import { startSshd, type TestKey, type TestSshd } from '../../../../tests/support/sshd'
import { connectSsh } from './index'
import { connectTo, failureOf, keyMethod, optionsFor, targetOf } from './testing/connecting'

let server: TestSshd
let key: TestKey
let sealed: TestKey
let agent: ChildProcess
beforeAll(async () => {
  server = await startSshd()
  key = server.authorize('id')
  sealed = server.authorize('sealed', { passphrase: 'secret', rounds: 1 })
  agent = spawn('ssh-agent', ['-D', '-a', join(server.directory, 'agent')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(agent.stdout!, 'data')
})
afterAll(async () => {
  agent.kill()
  await server.close()
})

it(
  'opens and closes 24 times without a descriptor, timer, thread or process left',
  { timeout: 240_000 },
  async () => {
    const seconds = `4000.${process.pid}`
    // Outlives the rounds, as a host's signal outlives what is opened under it.
    const { signal } = new AbortController()
    await expectNoLeaks(async () => {
      const transport = await connectTo(server, key, { signal })
      const options = { signal }
      const file = await transport.openFile('/proc/stat', options)
      await file.read(options)
      await transport.readFile('/etc/passwd', options)
      await transport.readDirectory('/proc', options)
      await transport.fileSystemUse(['/', '/no/such'], options)
      await transport.exec(['cat'], { ...options, input: 'x' })
      await transport.openTcp({ host: '127.0.0.1', port: server.port }, options)
      const command = await transport.spawn(['sleep', seconds], options)
      const early = new AbortController()
      const unfinished = [
        command.done,
        transport.exec(['sleep', seconds]),
        transport.exec(['sleep', seconds], { signal: early.signal }),
        transport.exec(['sleep', seconds], { deadline: 10 }),
        transport.spawn(['sleep', seconds]),
        transport.readFile('/etc/passwd', { signal: early.signal }),
        transport.openFile('/etc/passwd', { deadline: 0 }),
        transport.openTcp({ host: '127.0.0.1', port: server.port }, { signal: early.signal }),
        transport.fileSystemUse(['/'], { signal: early.signal }),
      ].map((operation: Promise<unknown>) => operation.catch(() => undefined))
      early.abort()
      await transport.close()
      await Promise.all(unfinished)
    })
    await until(() => running(seconds).length === 0)
    await until(() => server.connections().length === 0)
  },
)

it('attempts that fail or are given up leave nothing either', { timeout: 240_000 }, async () => {
  await expectNoLeaks(async () => {
    const attempts = [
      connectSsh(targetOf(server), optionsFor([])),
      connectSsh(
        targetOf(server),
        optionsFor([{ kind: 'key', label: 'x', text: sealed.text, passphrase: 'wrong' }]),
      ),
      connectSsh(targetOf(server), optionsFor([{ kind: 'agent', socket: join(server.directory, 'agent') }])),
      connectSsh({ user: 'root', host: '127.0.0.1', port: 1 }, optionsFor([])),
      connectSsh(
        { ...targetOf(server), via: targetOf(server) },
        optionsFor([keyMethod(key)], {
          verifyIdentity: ({ hop }) =>
            Promise.resolve(hop.via ? { accepted: false, reason: 'no' } : { accepted: true }),
        }),
      ),
      connectSsh(
        targetOf(server),
        optionsFor([keyMethod(key)], { verifyIdentity: () => Promise.reject(new Error('no')) }),
      ),
    ]
    for (const delay of [0, 20, 60]) {
      const controller = new AbortController()
      attempts.push(connectTo(server, key, { signal: controller.signal }))
      setTimeout(() => controller.abort(), delay)
    }
    const transports = await Promise.allSettled(attempts)
    for (const attempt of transports) if (attempt.status === 'fulfilled') await attempt.value.close()
  }, 8)
  await until(() => server.connections().length === 0)
  expect(await failureOf(connectSsh(targetOf(server), optionsFor([])))).toMatchObject({
    code: 'authentication-failed',
  })
})

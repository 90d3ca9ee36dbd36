import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSshd, type TestSshd } from '../../../tests/support/sshd'
import { createUser, type TestUser } from '../../../tests/support/users'
import { createLocalTransport } from './local'
import { connectTo, failureOf, text } from './ssh/testing/connecting'
import type { Transport } from './transport'

const ways = [
  { name: 'this machine', config: null, stays: true, identifies: true },
  { name: 'SFTP', config: {}, stays: true, identifies: false },
  { name: 'a shell on the host', config: { Subsystem: null }, stays: false, identifies: true },
]

describe.each(ways)('a file read at any place, by $name', ({ config, stays, identifies }) => {
  let server: TestSshd | null = null
  let transport: Transport
  let other: Transport | null = null
  let user: TestUser
  let folder: string
  const at = (name: string): string => join(folder, name)
  beforeAll(async () => {
    user = createUser()
    if (config === null) {
      transport = createLocalTransport()
      return
    }
    server = await startSshd({ config: { ...config, PasswordAuthentication: 'no', UsePAM: 'yes' } })
    const key = server.authorize('id')
    transport = await connectTo(server, key)
    other = await connectTo(server, key, {}, user.name)
  })
  afterAll(async () => {
    await transport.close()
    await other?.close()
    await server?.close()
    user.remove()
  })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'xcp-readable-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('gives what is there, fewer bytes at the end and none behind it', async () => {
    const content = Buffer.from(
      Array.from({ length: 2_500_000 }, (_, index) => (index * 7 + index / 251) & 0xff),
    )
    writeFileSync(at('data'), content)
    const file = await transport.openForReading(at('data'))
    expect(file.staysWithFile).toBe(stays)
    for (const [position, length] of [
      [0, 10],
      [1, 40_000],
      [1_000_000, 1_048_576],
      [2_499_990, 100],
      [2_500_000, 10],
      [9_000_000, 10],
    ] as const) {
      const expected = content.subarray(position, position + length)
      expect(Buffer.compare(await file.readAt(position, length), expected), `${position}`).toBe(0)
    }
    appendFileSync(at('data'), 'more')
    expect(text(await file.readAt(2_500_000, 10))).toBe('more')
    truncateSync(at('data'), 3)
    expect(await file.readAt(2_500_000, 10)).toHaveLength(0)
    expect(await file.readAt(0, 10)).toHaveLength(3)
    await file.close()
    await file.close()
    expect(await failureOf(file.readAt(0, 1))).toMatchObject({ code: 'connection-lost' })
  })

  it('tells size, time of change and, where it can, which file it is', async () => {
    writeFileSync(at('a'), '12345')
    writeFileSync(at('b'), '12345')
    const a = await transport.openForReading(at('a'))
    const b = await transport.openForReading(at('b'))
    const again = await transport.openForReading(at('a'))
    const status = await a.status()
    expect(status.size).toBe(5)
    expect(Math.abs(Date.now() - (status.modified ?? 0))).toBeLessThan(60_000)
    expect((await again.status()).identity).toBe(status.identity)
    if (identifies) expect((await b.status()).identity).not.toBe(status.identity)
    else expect(status.identity).toBe(null)
    appendFileSync(at('a'), '6')
    expect((await a.status()).size).toBe(6)
    await Promise.all([a.close(), b.close(), again.close()])
  })

  it('keeps to its file or its name when the file is renamed, as it says', async () => {
    writeFileSync(at('log'), 'old')
    const file = await transport.openForReading(at('log'))
    renameSync(at('log'), at('log.1'))
    writeFileSync(at('log'), 'new')
    expect(text(await file.readAt(0, 10))).toBe(stays ? 'old' : 'new')
    await file.close()
  })

  it('refuses what is missing, no file, or not allowed', async () => {
    expect(await failureOf(transport.openForReading(at('missing')))).toMatchObject({ code: 'not-found' })
    expect(await failureOf(transport.openForReading(folder))).toMatchObject({ code: 'not-supported' })
    expect(await failureOf(transport.openForReading('/dev/zero'))).toMatchObject({ code: 'not-supported' })
    if (other === null) return
    const denied = await failureOf(other.openForReading('/etc/shadow'))
    expect(denied).toMatchObject({ code: 'permission-denied' })
  })

  it('ends with its signal', async () => {
    writeFileSync(at('log'), 'text')
    const stop = new AbortController()
    const file = await transport.openForReading(at('log'), { signal: stop.signal })
    stop.abort()
    expect(await failureOf(file.readAt(0, 1))).toMatchObject({ code: 'connection-lost' })
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSshd, type TestSshd } from '../../../../../tests/support/sshd'
import type { SshTransport } from '../ssh-transport'
import { connectTo, failureOf, text } from '../testing/connecting'

describe('parts of a file by SFTP', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xcp-parts-'))
  const file = join(folder, 'file')
  let server: TestSshd
  let transport: SshTransport
  beforeAll(async () => {
    server = await startSshd()
    transport = await connectTo(server, server.authorize('id'))
  })
  afterAll(async () => {
    await transport.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('are what the file holds there now, shorter at its end, empty behind it', async () => {
    writeFileSync(file, '0123456789')
    const open = await transport.openFile(file)
    const parts = [
      { start: 0, length: 3 },
      { start: 8, length: 10 },
      { start: 50, length: 10 },
      { start: 2, length: 2 },
    ]
    expect((await open.readParts?.(parts))?.map(text)).toEqual(['012', '89', '', '23'])
    writeFileSync(file, 'abcdefghijkl')
    expect((await open.readParts?.(parts))?.map(text)).toEqual(['abc', 'ijkl', '', 'cd'])
    expect(text(await open.read())).toBe('abcdefghijkl')
    await open.close()
    const closed = open.readParts?.(parts) ?? Promise.resolve()
    expect(await failureOf(closed)).toMatchObject({ code: 'connection-lost' })
  })

  it('are of the file in /proc as it is at that moment', async () => {
    const open = await transport.openFile('/proc/stat')
    const whole = text(await open.read())
    const at = whole.indexOf('\nbtime ')
    const [part] = (await open.readParts?.([{ start: at - 40, length: 200 }])) ?? []
    expect(part && text(part)).toMatch(/\nctxt \d+\nbtime \d+\nprocesses \d+\n/)
    await open.close()
  })
})

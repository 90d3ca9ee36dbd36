import { spawn } from 'node:child_process'
import { getEventListeners } from 'node:events'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { DiagnosticError } from '@shared/errors'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mountHungFileSystem } from '../../../../tests/support/hung-mount'
import { footprint, leaksSince } from '../../../../tests/support/leaks'
import { until } from '../../../../tests/support/poll'
import type { OperationOptions, Transport } from '../transport'
import { createLocalTransport } from './index'
import { isInstant } from './instant-files'

const codeOf = (reason: unknown): unknown => (reason instanceof DiagnosticError ? reason.code : reason)
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

describe('files', () => {
  let transport: Transport
  let folder: string
  const at = (name: string): string => join(folder, name)
  beforeEach(() => {
    transport = createLocalTransport()
    folder = mkdtempSync(join(tmpdir(), 'local-files-'))
  })
  afterEach(async () => {
    await transport.close()
    rmSync(folder, { recursive: true })
  })

  describe('readFile', () => {
    it('reads ordinary files of any size, bytes unchanged', async () => {
      for (const size of [0, 1, 4095, 4096, 4097, 300_000]) {
        const content = Buffer.from(Array.from({ length: size }, (_, index) => (index * 7) & 0xff))
        writeFileSync(at('data'), content)
        expect(Buffer.compare(await transport.readFile(at('data')), content)).toBe(0)
      }
      expect(transport.cost().bytesRead).toBe(1 + 4095 + 4096 + 4097 + 300_000)
    })

    it('reads files that say they are empty, read on the spot or not', async () => {
      for (const path of ['/proc/sys/kernel/hostname', '/proc/self/cmdline', '/proc/version']) {
        expect(text(await transport.readFile(path))).toBe(readFileSync(path, 'utf8'))
      }
      expect(text(await transport.readFile('/proc/sys/kernel/hostname'))).toBe(`${hostname()}\n`)
      expect(isInstant('/proc/sys/kernel/hostname')).toBe(true)
      expect(isInstant('/proc/self/cmdline')).toBe(false)
    })

    it('gives each reader its own bytes', async () => {
      const first = await transport.readFile('/proc/version')
      const copy = Buffer.from(first)
      await transport.readFile('/proc/uptime')
      expect(Buffer.compare(copy, first)).toBe(0)
    })

    it('refuses what is larger than maxBytes', async () => {
      writeFileSync(at('large'), Buffer.alloc(1000))
      expect(await transport.readFile(at('large'), { maxBytes: 1000 })).toHaveLength(1000)
      const refusal = { code: 'limit-exceeded', where: at('large'), message: /999 bytes/ }
      await expect(transport.readFile(at('large'), { maxBytes: 999 })).rejects.toMatchObject(refusal)
      // Of unknown size: through the pool and on the spot.
      for (const path of ['/proc/self/maps', '/proc/meminfo']) {
        await expect(transport.readFile(path, { maxBytes: 100 })).rejects.toMatchObject({
          code: 'limit-exceeded',
        })
      }
      // Sparse: reading it whole would take 1 TB.
      writeFileSync(at('huge'), '')
      truncateSync(at('huge'), 2 ** 40)
      await expect(transport.readFile(at('huge'))).rejects.toMatchObject({ code: 'limit-exceeded' })
    })

    it('refuses what is no file, without opening it', async () => {
      await transport.exec(['mkfifo', at('fifo')])
      await expect(transport.readFile(at('fifo'))).rejects.toMatchObject({
        code: 'not-supported',
        message: /a FIFO, not a file/,
      })
      await expect(transport.openFile(at('fifo'))).rejects.toMatchObject({ code: 'not-supported' })
      await expect(transport.readFile('/dev/zero')).rejects.toMatchObject({ message: /a device/ })
      await expect(transport.readFile(folder)).rejects.toMatchObject({ message: /a directory/ })
    })

    it('says what is missing', async () => {
      for (const path of ['/no/such/file', '/proc/4194305/stat']) {
        await expect(transport.readFile(path)).rejects.toMatchObject({ code: 'not-found', where: path })
        await expect(transport.openFile(path)).rejects.toMatchObject({ code: 'not-found', where: path })
      }
    })
  })

  describe('readDirectory', () => {
    it('lists names', async () => {
      for (const name of ['b', 'a', '.hidden']) writeFileSync(at(name), '')
      mkdirSync(at('sub'))
      expect((await transport.readDirectory(folder)).sort()).toEqual(['.hidden', 'a', 'b', 'sub'])
      expect(await transport.readDirectory('/proc')).toContain(String(process.pid))
      await expect(transport.readDirectory(at('none'))).rejects.toMatchObject({ code: 'not-found' })
      await expect(transport.readDirectory(at('a'))).rejects.toMatchObject({ code: 'not-found' })
    })
  })

  describe('openFile', () => {
    it('reads the content of now, on one descriptor', async () => {
      const file = await transport.openFile('/proc/self/stat')
      const open = readdirSync('/proc/self/fd').length
      const faults = async (): Promise<number> =>
        Number(
          text(await file.read())
            .split(') ')[1]!
            .split(' ')[7],
        )
      const before = await faults()
      // Touches new pages, which the kernel counts.
      Buffer.alloc(16 << 20, 1)
      expect(await faults()).toBeGreaterThan(before)
      expect(readdirSync('/proc/self/fd')).toHaveLength(open)
      await file.close()
      expect(readdirSync('/proc/self/fd')).toHaveLength(open - 1)
    })

    it('follows an ordinary file that grows and shrinks', async () => {
      writeFileSync(at('log'), 'one')
      const file = await transport.openFile(at('log'))
      expect(text(await file.read())).toBe('one')
      appendFileSync(at('log'), 'x'.repeat(100_000))
      expect(await file.read()).toHaveLength(100_003)
      truncateSync(at('log'), 2)
      expect(text(await file.read())).toBe('on')
      expect(transport.cost().bytesRead).toBe(3 + 100_003 + 2)
      const both = await Promise.all([file.read(), file.read()])
      expect(both.map(text)).toEqual(['on', 'on'])
    })

    it('holds content that is longer than its first buffer', async () => {
      const file = await transport.openFile('/proc/zoneinfo')
      const content = text(await file.read())
      expect(content.length).toBeGreaterThan(4096)
      expect(content.split('\n')[0]).toBe(readFileSync('/proc/zoneinfo', 'utf8').split('\n')[0])
      expect(content.match(/^Node/gm)).toEqual(readFileSync('/proc/zoneinfo', 'utf8').match(/^Node/gm))
    })

    it('says so when its process is gone', async () => {
      const child = spawn('sleep', ['100'])
      const file = await transport.openFile(`/proc/${child.pid}/stat`)
      expect(text(await file.read())).toContain('(sleep)')
      child.kill()
      await new Promise((resolve) => child.once('exit', resolve))
      await expect(file.read()).rejects.toMatchObject({
        code: 'not-found',
        where: `/proc/${child.pid}/stat`,
        message: /the process is gone/,
      })
    })

    it('is closed once, by itself, by its signal, by the transport', async () => {
      const controller = new AbortController()
      const before = footprint()
      const nothingLeft = (): Promise<void> =>
        until(
          () => leaksSince(before).length === 0,
          () => leaksSince(before).join(),
        )
      for (const path of ['/proc/stat', '/etc/passwd']) {
        const file = await transport.openFile(path, { signal: controller.signal })
        await file.close()
        await file.close()
        await expect(file.read()).rejects.toMatchObject({ code: 'connection-lost' })
        expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
      }
      await transport.openFile('/proc/stat', { signal: controller.signal })
      await transport.openFile('/etc/passwd', { signal: controller.signal })
      const open = leaksSince(before).filter((leak) => leak.startsWith('descriptor'))
      expect(open).toHaveLength(2)
      controller.abort()
      await nothingLeft()
      const file = await transport.openFile('/proc/stat')
      const other = await transport.openFile('/etc/passwd')
      await transport.close()
      await nothingLeft()
      await expect(file.read()).rejects.toMatchObject({ code: 'connection-lost' })
      await expect(other.read()).rejects.toMatchObject({ code: 'connection-lost' })
    })
  })

  it('does nothing when aborted already, or closed', async () => {
    const file = await transport.openFile('/proc/stat')
    const signal = AbortSignal.abort()
    const operations = (options: { signal?: AbortSignal }): Promise<unknown>[] => [
      transport.readFile('/proc/stat', options),
      transport.readFile('/etc/passwd', options),
      transport.readDirectory('/', options),
      transport.openFile('/proc/stat', options),
      transport.openFile('/etc/passwd', options),
      transport.fileSystemUse(['/'], options),
      file.read(options),
    ]
    for (const operation of operations({ signal })) {
      await expect(operation).rejects.toMatchObject({ code: 'cancelled' })
    }
    expect(transport.cost().bytesRead).toBe(0)
    await transport.close()
    await transport.close()
    for (const operation of operations({})) {
      await expect(operation).rejects.toMatchObject({ code: 'connection-lost' })
    }
  })

  it('passes on the reason of an abort that is one of ours', async () => {
    const reason = new DiagnosticError('conflict', 'Another session took over.')
    const signal = AbortSignal.abort(reason)
    await expect(transport.readFile('/etc/passwd', { signal })).rejects.toBe(reason)
  })

  const hung = mountHungFileSystem()
  it.skipIf(hung === null)(
    'leaves a file system that hangs behind, and keeps the others readable',
    async () => {
      if (hung === null) return
      const dead = hung.mount(at('dead'))
      try {
        const controller = new AbortController()
        const attempts = (options: OperationOptions): Promise<unknown>[] => [
          transport.readFile(at('dead/file'), options),
          transport.readDirectory(at('dead'), options),
          transport.openFile(at('dead/other'), options),
        ]
        const outcomes = Promise.allSettled([
          ...attempts({ deadline: 150 }),
          ...attempts({ signal: controller.signal }),
        ])
        setTimeout(() => controller.abort(), 150)
        const codes = (await outcomes).map((outcome) =>
          outcome.status === 'rejected' ? codeOf(outcome.reason) : 'answered',
        )
        expect(codes).toEqual(['timeout', 'timeout', 'timeout', 'cancelled', 'cancelled', 'cancelled'])
        // Two threads of the pool are lost to it; who needs the lane is told, the rest goes on.
        expect(text(await transport.readFile('/proc/stat'))).toContain('cpu')
        await expect(transport.readFile('/etc/passwd', { deadline: 150 })).rejects.toMatchObject({
          code: 'timeout',
          hint: /network mount/,
        })
        expect((await transport.fileSystemUse(['/']))[0]).not.toBeNull()
        expect((await transport.exec(['echo', 'fine'])).exit.code).toBe(0)
        // Does not wait for what cannot be ended.
        await transport.close()
      } finally {
        dead.release()
      }
      const again = createLocalTransport()
      expect(text(await again.readFile('/etc/passwd'))).toContain('root')
      await again.close()
    },
  )
})

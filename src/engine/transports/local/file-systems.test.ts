import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mountHungFileSystem, type HungMount } from '../../../../tests/support/hung-mount'
import { until } from '../../../../tests/support/poll'
import { processesWhere, running } from '../../../../tests/support/process-table'
import type { FileSystemUse, Transport } from '../transport'
import { createLocalTransport } from './index'

const hung = mountHungFileSystem()

describe('fileSystemUse', () => {
  let transport: Transport
  let folder: string
  const mounts: HungMount[] = []
  beforeEach(() => {
    transport = createLocalTransport()
    folder = mkdtempSync(join(tmpdir(), 'local-file-systems-'))
  })
  afterEach(async () => {
    for (const mount of mounts.splice(0)) mount.release()
    await transport.close()
    rmSync(folder, { recursive: true })
  })

  it('agrees with df', async () => {
    const [root, shared] = await transport.fileSystemUse(['/', '/dev/shm'])
    const { stdout } = await transport.exec(['df', '-B1', '--output=size,itotal', '/'])
    const [size, inodes] = Buffer.from(stdout).toString().split('\n')[1]!.trim().split(/\s+/).map(Number)
    expect(root).toMatchObject({ size, inodes })
    expect(root!.available).toBeLessThanOrEqual(root!.free)
    expect(root!.free).toBeLessThan(root!.size)
    const { bsize, blocks } = statfsSync('/dev/shm')
    expect(shared!.size).toBe(bsize * blocks)
  })

  it('is null for what is missing, and keeps the order', async () => {
    const use = await transport.fileSystemUse(['/no/such', '/', '/no/such', '/'])
    expect(use.map((entry) => entry === null)).toEqual([true, false, true, false])
    expect(await transport.fileSystemUse([])).toEqual([])
  })

  it.skipIf(hung === null)('waits for none that hangs, however many, and asks each only once', async () => {
    if (hung === null) return
    // More than Node has threads.
    const paths = Array.from({ length: 6 }, (_, index) => join(folder, `dead${index}`))
    for (const path of paths) mounts.push(hung.mount(path))
    const asking = (): string[] =>
      processesWhere(({ parent, command }) => parent === process.pid && command.startsWith('stat -f')).map(
        ({ command }) => command,
      )

    const all = [...paths, '/', '/dev/shm']
    const first = await transport.fileSystemUse(all, { deadline: 5000 })
    expect(first.slice(0, 6)).toEqual([null, null, null, null, null, null])
    expect(first[6]).not.toBeNull()
    expect(first[7]).not.toBeNull()
    const asked = asking()
    // One hangs in a thread of the pool, the others in processes of their own.
    expect(asked).toHaveLength(5)

    const [, , again] = await transport.fileSystemUse([paths[0]!, paths[5]!, '/'])
    expect(again).not.toBeNull()
    expect(asking().sort()).toEqual(asked.sort())
    await transport.close()
    await until(() => running(folder).length === 0)
  })

  it.skipIf(hung === null)('asks again once a path has answered', async () => {
    if (hung === null) return
    const path = join(folder, 'back')
    const mount = hung.mount(path)
    expect(await transport.fileSystemUse([path], { deadline: 100 })).toEqual([null])
    mount.release()
    mkdirSync(path)
    const [folderUse] = await transport.fileSystemUse([folder])
    let use: FileSystemUse | null | undefined = null
    // The hanging question fails first; then the directory that was under the mount answers.
    while (use === null) [use] = await transport.fileSystemUse([path])
    expect(use).toMatchObject({ size: folderUse!.size, inodes: folderUse!.inodes })
  })

  it.skipIf(hung === null)('can be cancelled while one hangs', async () => {
    if (hung === null) return
    const path = join(folder, 'dead')
    mounts.push(hung.mount(path))
    const controller = new AbortController()
    const asked = transport.fileSystemUse([path, '/'], { signal: controller.signal })
    controller.abort()
    await expect(asked).rejects.toMatchObject({ code: 'cancelled', where: `${path}, /` })
  })
})

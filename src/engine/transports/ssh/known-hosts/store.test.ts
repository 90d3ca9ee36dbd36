import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { lstatSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DiagnosticError } from '@shared/errors'
import { testKeyBlob } from '../testing/keys'
import { findWithSshKeygen, missingOpenSsh } from '../testing/open-ssh'
import { fingerprint } from './fingerprint'
import { removalCommand } from './line'
import { addKnownHost, readKnownHosts } from './store'

const ed = testKeyBlob('ssh-ed25519')
const rsa = testKeyBlob('ssh-rsa')
const other = testKeyBlob('ssh-ed25519')
const textOf = (blob: Buffer, type = 'ssh-ed25519') => `${type} ${blob.toString('base64')}`
const asRoot = process.getuid?.() === 0

let directory = ''
let file = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'known-hosts-'))
  file = join(directory, 'known_hosts')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const modeOf = async (path: string) => (await stat(path)).mode & 0o777
const xcp1 = { host: 'xcp1', port: 22, keyBlob: ed }

describe('addKnownHost', () => {
  it('makes the file and its directory, for the owner only', async () => {
    const inside = join(directory, 'home', '.ssh', 'known_hosts')
    expect(await addKnownHost(inside, xcp1)).toEqual({ added: true, file: inside, line: 1 })
    expect(await readFile(inside, 'utf8')).toBe(`xcp1 ${textOf(ed)}\n`)
    expect(await modeOf(inside)).toBe(0o600)
    expect(await modeOf(join(directory, 'home', '.ssh'))).toBe(0o700)
  })

  it.each([0o600, 0o644, 0o640])('keeps mode %o and every byte that was there', async (mode) => {
    const before = Buffer.concat([Buffer.from('# caf\u00e9\n'), Buffer.from([0xff, 0xfe, 0x0a])])
    await writeFile(file, before)
    await chmod(file, mode)
    expect(await addKnownHost(file, xcp1)).toEqual({ added: true, file, line: 3 })
    expect(await readFile(file)).toEqual(Buffer.concat([before, Buffer.from(`xcp1 ${textOf(ed)}\n`)]))
    expect(await modeOf(file)).toBe(mode)
    expect(await readdir(directory)).toEqual(['known_hosts'])
  })

  it('ends a last line that had no end', async () => {
    await writeFile(file, `xcp2 ${textOf(other)}`)
    expect(await addKnownHost(file, xcp1)).toMatchObject({ line: 2 })
    expect(await readFile(file, 'utf8')).toBe(`xcp2 ${textOf(other)}\nxcp1 ${textOf(ed)}\n`)
  })

  it('hashes the name where asked, or where the file does so', async () => {
    await addKnownHost(file, xcp1, { hash: true })
    await addKnownHost(file, { host: 'xcp2', port: 2222, keyBlob: other })
    const text = await readFile(file, 'utf8')
    expect(text).toMatch(/^\|1\|\S+ ssh-ed25519 \S+\n\|1\|\S+ ssh-ed25519 \S+\n$/)
    await addKnownHost(file, { host: 'xcp3', port: 22, keyBlob: rsa }, { hash: false })
    expect(await readFile(file, 'utf8')).toContain(`\nxcp3 ${textOf(rsa, 'ssh-rsa')}\n`)
  })

  it.skipIf(missingOpenSsh !== null)('writes what ssh-keygen finds', async () => {
    await addKnownHost(file, xcp1)
    await addKnownHost(file, { host: 'FE80:0::2', port: 2222, keyBlob: rsa }, { hash: true })
    expect(await findWithSshKeygen(file, 'xcp1')).toEqual([
      { line: 1, marker: '', fingerprint: fingerprint(ed) },
    ])
    expect(await findWithSshKeygen(file, '[fe80::2]:2222')).toEqual([
      { line: 2, marker: '', fingerprint: fingerprint(rsa) },
    ])
  })

  it('leaves a file alone that holds the key already', async () => {
    await writeFile(file, `# mine\nxcp* ${textOf(ed)}\n`)
    const before = await stat(file)
    expect(await addKnownHost(file, xcp1)).toEqual({ added: false, file, line: 2 })
    expect((await stat(file)).ino).toBe(before.ino)
  })

  it('adds a key of another type', async () => {
    await writeFile(file, `xcp1 ${textOf(rsa, 'ssh-rsa')}\n`)
    expect(await addKnownHost(file, xcp1)).toMatchObject({ added: true, line: 2 })
  })

  it('replaces nothing: another key of the same type is a conflict, with the way out', async () => {
    await writeFile(file, `xcp1 ${textOf(other)}\n`)
    await expect(addKnownHost(file, xcp1)).rejects.toMatchObject({
      code: 'conflict',
      message: 'The host is known by another key of type ssh-ed25519.',
      where: `${file}:1`,
      hint: expect.stringContaining(removalCommand(file, xcp1)) as unknown,
    })
    expect(await readFile(file, 'utf8')).toBe(`xcp1 ${textOf(other)}\n`)
  })

  it('does not trust a revoked key', async () => {
    await writeFile(file, `@revoked * ${textOf(ed)}\n`)
    await expect(addKnownHost(file, xcp1)).rejects.toMatchObject({ code: 'conflict', where: `${file}:1` })
  })

  it('writes through a symbolic link, and refuses one that leads nowhere', async () => {
    const real = join(directory, 'real')
    await writeFile(real, '')
    await symlink(real, file)
    await addKnownHost(file, xcp1)
    expect(lstatSync(file).isSymbolicLink()).toBe(true)
    expect(await readFile(real, 'utf8')).toBe(`xcp1 ${textOf(ed)}\n`)
    await rm(real)
    await expect(addKnownHost(file, xcp1)).rejects.toMatchObject({ code: 'conflict', where: file })
  })

  it('never replaces a device', async () => {
    const device = lstatSync('/dev/null')
    await expect(addKnownHost('/dev/null', xcp1)).rejects.toMatchObject({
      code: 'not-supported',
      where: '/dev/null',
    })
    expect(lstatSync('/dev/null').ino).toBe(device.ino)
  })

  it('loses no line when many are added at once', async () => {
    const hosts = Array.from({ length: 25 }, (_, index) => `xcp${index}`)
    await Promise.all(hosts.map((host) => addKnownHost(file, { host, port: 22, keyBlob: ed })))
    const { entries } = await readKnownHosts([file])
    expect(entries.map((entry) => entry.names).sort()).toEqual([...hosts].sort())
    expect(await readdir(directory)).toEqual(['known_hosts'])
  })

  it.runIf(asRoot)("keeps the owner of somebody else's file", async () => {
    await writeFile(file, '')
    await chown(file, 1234, 4321)
    await addKnownHost(file, xcp1)
    expect(await stat(file)).toMatchObject({ uid: 1234, gid: 4321 })
  })

  it('says which file could not be written, and why', async () => {
    await writeFile(file, '')
    const below = join(file, 'known_hosts')
    await expect(addKnownHost(below, xcp1)).rejects.toMatchObject({
      constructor: DiagnosticError,
      message: 'Reading the file failed: a part of its path is not a folder.',
      where: below,
    })
  })
})

describe('readKnownHosts', () => {
  it('reads several files in order, and those that are missing as empty', async () => {
    const global = join(directory, 'global')
    await writeFile(file, `xcp1 ${textOf(ed)}\nbroken\n`)
    await writeFile(global, `xcp1 ${textOf(rsa, 'ssh-rsa')}\n`)
    const { entries, problems } = await readKnownHosts([file, join(directory, 'none'), '/dev/null', global])
    expect(entries.map((entry) => [entry.file, entry.line])).toEqual([
      [file, 1],
      [global, 1],
    ])
    expect(problems).toEqual([{ file, line: 2, message: 'The line ends before the key.' }])
  })

  it('reports a file that cannot be read, and goes on', async () => {
    const folder = join(directory, 'folder')
    await mkdir(folder)
    await writeFile(file, `xcp1 ${textOf(ed)}\n`)
    const { entries, problems } = await readKnownHosts([folder, file])
    expect(entries).toHaveLength(1)
    expect(problems).toEqual([{ file: folder, line: null, message: 'This is not a regular file.' }])
  })
})

describe('a list that has not changed', { timeout: 60_000 }, () => {
  const first = async () => (await readKnownHosts([file])).entries[0]
  const becomesKept = async (): Promise<void> => {
    await vi.waitFor(
      async () => {
        const entry = await first()
        expect(entry).toBeDefined()
        expect(await first()).toBe(entry)
      },
      { timeout: 20_000 },
    )
  }

  it('is parsed once, and again when it was changed in place to the same length and time', async () => {
    await writeFile(file, `xcp1 ${textOf(ed)}\n`)
    await becomesKept()
    const { atime, mtime } = await stat(file)
    await writeFile(file, `xcp2 ${textOf(ed)}\n`)
    await utimes(file, atime, mtime)
    expect(await first()).toMatchObject({ names: 'xcp2' })
  })

  it('is read anew when it was replaced, removed, or made unreadable', async () => {
    await writeFile(file, `xcp1 ${textOf(ed)}\n`)
    await becomesKept()
    await writeFile(`${file}.new`, `xcp3 ${textOf(ed)}\n`)
    await rename(`${file}.new`, file)
    expect(await first()).toMatchObject({ names: 'xcp3' })
    await becomesKept()
    await rm(file)
    expect(await readKnownHosts([file])).toEqual({ entries: [], problems: [] })
    await mkdir(file)
    expect(await readKnownHosts([file])).toMatchObject({ entries: [], problems: [{ file, line: null }] })
  })
})

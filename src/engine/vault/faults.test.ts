import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mountSmallDisk } from '../../../tests/support/small-disk'
import { systemClock, type Clock } from '../clock'
import { openPassphraseVault, type PassphraseVault } from './passphrase-vault'
import { Secret } from './secret'
import { damageEntry } from './testing/damage'

const smallDisk = mountSmallDisk(64)
smallDisk?.release()

let base = ''
let folder = ''
let file = ''
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'vault-faults-'))
  folder = join(base, 'xcp-diagnostic-console')
  file = join(folder, 'vault.json')
})
afterEach(() => rm(base, { recursive: true, force: true }))

/** 2026-01-02T03:04:05.678Z, and no time passes. */
const clock: Clock = { ...systemClock, now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) }
const asideName = 'vault.json.corrupt-2026-01-02T03-04-05.678Z'
const cheap = { N: 16, r: 1, p: 1 }
const right = new Secret('correct horse')
const open = (inFolder = folder): Promise<PassphraseVault> => openPassphraseVault(inFolder, clock, cheap)
const created = async (): Promise<PassphraseVault> => {
  const vault = await open()
  await vault.create(right)
  return vault
}
const unlocked = async (): Promise<PassphraseVault> => {
  const vault = await open()
  await vault.unlock(right)
  return vault
}
const held = async (vault: PassphraseVault, key: string): Promise<string | null> =>
  (await vault.get(key))?.reveal() ?? null

describe('a damaged vault', () => {
  it.each(['', '{"version": 1, "kdf": ', '[]', '{"version": 1}', '\0'.repeat(50)])(
    '%j is kept aside and said, and the console goes on',
    async (content) => {
      await mkdir(folder)
      await writeFile(file, content)
      const vault = await open()
      expect(vault.status()).toBe('session-only')
      expect(vault.warnings()).toMatchObject([
        {
          code: 'bad-data',
          message: expect.stringMatching(
            /^The vault is damaged\. .* Passwords last for this session only\.$/,
          ) as unknown,
          where: join(folder, asideName),
        },
      ])
      expect(await readFile(join(folder, asideName), 'utf8')).toBe(content)
      await vault.set('a', new Secret('text'))
      await vault.create(right)
      expect(await held(await unlocked(), 'a')).toBe('text')
      expect((await readdir(folder)).sort()).toEqual(['vault.json', asideName])
    },
  )

  it('is also found while the console runs', async () => {
    const vault = await created()
    await vault.set('a', new Secret('text'))
    await writeFile(file, 'nonsense')
    expect(await vault.get('a')).toBeNull()
    expect(vault.status()).toBe('session-only')
    expect(vault.warnings()).toHaveLength(1)
    expect(await readFile(join(folder, asideName), 'utf8')).toBe('nonsense')
  })

  it('in one entry gives the others, and takes a new one in its place', async () => {
    const vault = await created()
    for (const name of ['a', 'b']) await vault.set(name, new Secret(`text of ${name}`))
    await damageEntry(file, 'a')
    await expect(vault.get('a')).rejects.toMatchObject({ code: 'bad-data', where: file })
    expect(await held(vault, 'b')).toBe('text of b')
    await vault.set('a', new Secret('again'))
    expect(await held(vault, 'a')).toBe('again')
  })

  it('whose entries were exchanged gives neither', async () => {
    const vault = await created()
    await vault.set('a', new Secret('text of a'))
    await vault.set('b', new Secret('text of b'))
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('"name": "a"', '"name": "x"').replace('"name": "b"', '"name": "a"'))
    await expect(vault.get('a')).rejects.toMatchObject({ code: 'bad-data' })
  })

  it('with another cost or salt is no vault of this passphrase', async () => {
    await created()
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('"N": 16', '"N": 2'))
    await expect((await open()).unlock(right)).rejects.toMatchObject({ code: 'authentication-failed' })
    // Beyond what this machine should be made to do.
    await writeFile(file, text.replace('"N": 16', '"N": 16777216').replace('"r": 1', '"r": 64'))
    expect((await open()).warnings()).toMatchObject([{ code: 'bad-data' }])
  })
})

describe('a vault that cannot be used now', () => {
  it('of a newer console is left alone', async () => {
    await mkdir(folder)
    await writeFile(file, '{"version": 2}')
    const vault = await open()
    expect(vault.status()).toBe('session-only')
    expect(vault.warnings()).toMatchObject([{ code: 'not-supported', where: file }])
    await vault.set('a', new Secret('text'))
    expect(await held(vault, 'a')).toBe('text')
    await expect(vault.create(right)).rejects.toMatchObject({ code: 'not-supported' })
    await expect(vault.destroy()).rejects.toMatchObject({ code: 'not-supported' })
    expect(await readFile(file, 'utf8')).toBe('{"version": 2}')
  })

  it('that cannot be read is left alone, and used when it can', async () => {
    await mkdir(file, { recursive: true })
    const vault = await open()
    expect(vault.status()).toBe('session-only')
    expect(vault.warnings()).toMatchObject([{ code: 'not-supported', where: file }])
    await vault.set('a', new Secret('text'))
    await expect(vault.create(right)).rejects.toMatchObject({ code: 'not-supported' })
    await rm(file, { recursive: true })
    await vault.create(right)
    expect(vault.warnings()).toEqual([])
    expect(await held(await unlocked(), 'a')).toBe('text')
  })

  it.runIf(smallDisk)('on a full disk keeps what it had, and says so', async () => {
    const disk = mountSmallDisk(128)
    try {
      const vault = await open(disk!.path)
      await vault.create(right)
      for (let number = 0; number < 40; number++) await vault.set(`key ${number}`, new Secret('text'))
      disk!.fill(4_096)
      const full = { code: 'limit-exceeded', message: expect.stringContaining('full') as unknown }
      await expect(vault.set('more', new Secret('text'))).rejects.toMatchObject(full)
      await expect(vault.changePassphrase(right, new Secret('battery staple'))).rejects.toMatchObject(full)
      const next = await open(disk!.path)
      await next.set('more', new Secret('of the session'))
      await next.unlock(right)
      expect(next.warnings()).toMatchObject([{ code: 'limit-exceeded' }])
      expect(await held(next, 'more')).toBe('of the session')
      expect(await held(next, 'key 39')).toBe('text')
      expect((await readdir(disk!.path)).sort()).toEqual(['.filler', 'vault.json'])
    } finally {
      disk!.release()
    }
  })
})

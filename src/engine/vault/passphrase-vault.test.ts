import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../clock'
import { openPassphraseVault, type PassphraseVault } from './passphrase-vault'
import { Secret } from './secret'
import { damageEntry } from './testing/damage'
import { describeVault } from './testing/conformance'
import { readVault } from './vault-file'

let base = ''
let folder = ''
let file = ''
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'vault-'))
  folder = join(base, 'xcp-diagnostic-console')
  file = join(folder, 'vault.json')
})
afterEach(() => rm(base, { recursive: true, force: true }))

/** As weak as can be: these tests are not about the work of guessing. */
const cheap = { N: 16, r: 1, p: 1 }
const right = new Secret('correct horse')
const open = (inFolder = folder): Promise<PassphraseVault> =>
  openPassphraseVault(inFolder, systemClock, cheap)
const created = async (): Promise<PassphraseVault> => {
  const vault = await open()
  await vault.create(right)
  return vault
}
const held = async (vault: PassphraseVault, key: string): Promise<string | null> =>
  (await vault.get(key))?.reveal() ?? null

describeVault('a vault without a passphrase', () => open())
describeVault('a vault under a passphrase', created)

describe('without a passphrase', () => {
  it('a vault lasts for the session and leaves no trace', async () => {
    const vault = await open()
    expect(vault.status()).toBe('session-only')
    expect(vault.warnings()).toEqual([])
    await vault.set('a', new Secret('text'))
    expect(await held(vault, 'a')).toBe('text')
    expect(await held(await open(), 'a')).toBeNull()
    expect(await readdir(base)).toEqual([])
  })

  it('there is nothing to unlock', async () => {
    const vault = await open()
    await expect(vault.unlock(right)).rejects.toMatchObject({ code: 'not-found' })
    await expect(vault.changePassphrase(right, right)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('under a passphrase', () => {
  it('secrets are there the next time, once it is given', async () => {
    const vault = await created()
    expect(vault.status()).toBe('unlocked')
    await vault.set('a', new Secret('text'))
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)

    const next = await open()
    expect(next.status()).toBe('locked')
    expect(await next.keys()).toEqual(['a'])
    await expect(next.get('a')).rejects.toMatchObject({
      code: 'permission-denied',
      hint: expect.any(String) as unknown,
    })
    expect(await next.get('b')).toBeNull()
    await next.unlock(right)
    expect(next.status()).toBe('unlocked')
    expect(await held(next, 'a')).toBe('text')
    expect(next.changes.version).toBeGreaterThan(0)
  })

  it(
    'the file says how the key is made, by default with a cost that takes a while',
    { timeout: 60_000 },
    async () => {
      const vault = await openPassphraseVault(folder, systemClock)
      await vault.create(right)
      const found = await readVault(file)
      expect(found).toMatchObject({
        kind: 'good',
        file: {
          version: 1,
          kdf: { name: 'scrypt', N: 131_072, r: 8, p: 1 },
          cipher: 'aes-256-gcm',
          entries: [],
        },
      })
      const next = await openPassphraseVault(folder, systemClock)
      await next.unlock(right)
      expect(next.status()).toBe('unlocked')
    },
  )

  it('a wrong one is refused', async () => {
    await (await created()).set('a', new Secret('text'))
    const vault = await open()
    for (const wrong of ['Correct horse', 'correct horse ', '']) {
      await expect(vault.unlock(new Secret(wrong))).rejects.toMatchObject({
        code: 'authentication-failed',
        message: 'The passphrase is wrong.',
      })
    }
    expect(vault.status()).toBe('locked')
    await vault.unlock(right)
    expect(await held(vault, 'a')).toBe('text')
  })

  it('a short one is refused, in characters that people count', async () => {
    const vault = await open()
    for (const short of ['', 'seven77', '\u{1f511}'.repeat(7)]) {
      await expect(vault.create(new Secret(short))).rejects.toMatchObject({ code: 'bad-request' })
    }
    expect(await readdir(base)).toEqual([])
    await vault.create(new Secret('\u{1f511}'.repeat(8)))
    expect(vault.status()).toBe('unlocked')
  })

  it('secrets of the session are kept from then on: made later, or unlocked later', async () => {
    const vault = await open()
    await vault.set('a', new Secret('before'))
    await vault.create(right)
    expect(await held(await unlocked(), 'a')).toBe('before')

    const later = await open()
    await later.set('a', new Secret('newer'))
    await later.set('b', new Secret('new'))
    expect(await held(later, 'a')).toBe('newer')
    expect(await held(await unlocked(), 'a')).toBe('before')
    await later.unlock(right)
    expect(await held(later, 'a')).toBe('newer')
    const next = await unlocked()
    expect([await held(next, 'a'), await held(next, 'b')]).toEqual(['newer', 'new'])
  })

  it('it locks again, and can still forget', async () => {
    const vault = await created()
    await vault.set('a', new Secret('text'))
    await vault.set('b', new Secret('text'))
    vault.lock()
    expect(vault.status()).toBe('locked')
    await expect(vault.get('a')).rejects.toMatchObject({ code: 'permission-denied' })
    await vault.delete('a')
    expect(await vault.keys()).toEqual(['b'])
    await vault.unlock(right)
    expect(await vault.get('a')).toBeNull()
  })

  it('there is one vault only', async () => {
    await created()
    const vault = await open()
    await expect(vault.create(right)).rejects.toMatchObject({ code: 'conflict' })
    const [first, second] = [await open(join(base, 'x')), await open(join(base, 'x'))]
    const results = await Promise.allSettled([first.create(right), second.create(new Secret('another one'))])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect([first.status(), second.status()]).toEqual(['unlocked', 'locked'])
  })

  it('it can be destroyed, and begun anew', async () => {
    const vault = await created()
    await vault.set('a', new Secret('text'))
    await vault.destroy()
    expect(vault.status()).toBe('session-only')
    expect(await readdir(folder)).toEqual([])
    expect(await vault.get('a')).toBeNull()
    await vault.create(new Secret('another one'))
    expect(await vault.keys()).toEqual([])
  })

  it('what is closed in the middle of unlocking stays locked', async () => {
    await (await created()).set('a', new Secret('text'))
    const vault = await open()
    const unlocking = vault.unlock(right)
    await vault.close()
    await expect(unlocking).rejects.toMatchObject({ code: 'cancelled' })
    expect(vault.status()).toBe('locked')
  })
})

const unlocked = async (): Promise<PassphraseVault> => {
  const vault = await open()
  await vault.unlock(right)
  return vault
}

describe('a change of the passphrase', () => {
  const next = new Secret('battery staple')

  it('seals everything anew', async () => {
    const vault = await created()
    for (const name of ['a', 'b', 'c']) await vault.set(name, new Secret(`text of ${name}`))
    const before = await readFile(file, 'utf8')
    await vault.changePassphrase(right, next)
    const after = await readFile(file, 'utf8')
    for (const [, value = ''] of before.matchAll(/"(?:salt|nonce|data)": "([^"]+)"/g)) {
      expect(after).not.toContain(value)
    }
    await vault.set('d', new Secret('text of d'))
    const later = await open()
    await expect(later.unlock(right)).rejects.toMatchObject({ code: 'authentication-failed' })
    await later.unlock(next)
    for (const name of ['a', 'b', 'c', 'd']) expect(await held(later, name)).toBe(`text of ${name}`)
  })

  it('needs the old one, and a new one that is long enough', async () => {
    const vault = await created()
    const before = await readFile(file)
    await expect(vault.changePassphrase(new Secret('wrong wrong'), next)).rejects.toMatchObject({
      code: 'authentication-failed',
    })
    await expect(vault.changePassphrase(right, new Secret('short'))).rejects.toMatchObject({
      code: 'bad-request',
    })
    expect(await readFile(file)).toEqual(before)
    expect(vault.status()).toBe('unlocked')
  })

  it('works on a locked vault, which is unlocked by it', async () => {
    await (await created()).set('a', new Secret('text'))
    const vault = await open()
    await vault.changePassphrase(right, next)
    expect(vault.status()).toBe('unlocked')
    expect(await held(vault, 'a')).toBe('text')
  })

  it('by another console locks this one', async () => {
    const vault = await created()
    await vault.set('a', new Secret('text'))
    const other = await unlocked()
    await other.changePassphrase(right, next)
    await expect(vault.get('a')).rejects.toMatchObject({ code: 'permission-denied' })
    expect(vault.status()).toBe('locked')
    // For the session, until the new passphrase is given.
    await vault.set('b', new Secret('later'))
    expect(await other.get('b')).toBeNull()
    await vault.unlock(next)
    expect(await held(other, 'b')).toBe('later')
  })

  it('by two consoles at once happens once', async () => {
    const [vault, other] = [await created(), await unlocked()]
    await vault.set('a', new Secret('text'))
    const results = await Promise.allSettled([
      vault.changePassphrase(right, next),
      other.changePassphrase(right, new Secret('something else')),
    ])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const winner = results[0].status === 'fulfilled' ? next : new Secret('something else')
    const later = await open()
    await later.unlock(winner)
    expect(await held(later, 'a')).toBe('text')
  })

  it('stops at a damaged entry and changes nothing', async () => {
    const vault = await created()
    for (const name of ['a', 'b']) await vault.set(name, new Secret('text'))
    await damageEntry(file, 'b')
    const before = await readFile(file)
    await expect(vault.changePassphrase(right, next)).rejects.toMatchObject({
      code: 'bad-data',
      message: 'The secret "b" in the vault is damaged.',
    })
    expect(await readFile(file)).toEqual(before)
    expect(await held(vault, 'a')).toBe('text')
  })
})

describe('two consoles', () => {
  it('share a vault and lose nothing of one another', async () => {
    const [one, other] = [await created(), await unlocked()]
    const names = Array.from({ length: 10 }, (_, number) => `key ${number}`)
    await Promise.all(names.map((name, index) => (index % 2 ? one : other).set(name, new Secret(name))))
    for (const name of names) {
      expect([await held(one, name), await held(other, name)]).toEqual([name, name])
    }
    await one.delete('key 0')
    expect(await other.get('key 0')).toBeNull()
    await one.destroy()
    expect(await other.get('key 1')).toBeNull()
    expect(other.status()).toBe('session-only')
  })
})

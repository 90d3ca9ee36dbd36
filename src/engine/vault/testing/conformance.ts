import { describe, expect, it } from 'vitest'
import { Secret } from '../secret'
import type { Vault } from '../vault'

/** What holds for every vault. `open` gives an empty one that is not locked. For tests. */
export function describeVault(name: string, open: () => Promise<Vault>): void {
  const held = async (vault: Vault, key: string): Promise<string | null> =>
    (await vault.get(key))?.reveal() ?? null

  describe(`${name}, as any vault`, () => {
    it('gives back what it was given, by name', async () => {
      const vault = await open()
      expect(await vault.keys()).toEqual([])
      expect(await vault.get('a')).toBeNull()
      const texts: Record<string, string> = {
        'ssh-password/1': 'p\u00e4ss w\u00f6rd \u{1f511}',
        'ssh-password/2': '',
        constructor: 'x'.repeat(65_536),
        ['__proto__']: '\0\n',
      }
      for (const [key, text] of Object.entries(texts)) await vault.set(key, new Secret(text))
      for (const [key, text] of Object.entries(texts)) expect(await held(vault, key)).toBe(text)
      expect(await vault.keys()).toEqual(Object.keys(texts).sort())
    })

    it('replaces and deletes', async () => {
      const vault = await open()
      await vault.set('a', new Secret('first'))
      await vault.set('b', new Secret('other'))
      await vault.set('a', new Secret('second'))
      expect(await held(vault, 'a')).toBe('second')
      await vault.delete('a')
      await vault.delete('never there')
      expect(await vault.get('a')).toBeNull()
      expect(await vault.keys()).toEqual(['b'])
    })

    it('keeps copies, and gives copies', async () => {
      const vault = await open()
      const given = new Secret('text')
      await vault.set('a', given)
      given.wipe()
      const got = await vault.get('a')
      expect(got?.reveal()).toBe('text')
      got?.wipe()
      expect(await held(vault, 'a')).toBe('text')
    })

    it('refuses names and secrets beyond its limits', async () => {
      const vault = await open()
      for (const key of ['', 'x'.repeat(257)]) {
        await expect(vault.set(key, new Secret('x'))).rejects.toMatchObject({ code: 'bad-request' })
      }
      const large = new Secret('x'.repeat(65_537))
      await expect(vault.set('a', large)).rejects.toMatchObject({ code: 'limit-exceeded', where: 'a' })
      expect(await vault.keys()).toEqual([])
    })

    it('answers many at once', async () => {
      const vault = await open()
      const names = Array.from({ length: 20 }, (_, number) => `key ${number}`)
      await Promise.all(names.map((key) => vault.set(key, new Secret(`secret of ${key}`))))
      expect(await Promise.all(names.map((key) => held(vault, key)))).toEqual(
        names.map((key) => `secret of ${key}`),
      )
    })

    it('holds nothing once it is closed, and says so', async () => {
      const vault = await open()
      await vault.set('a', new Secret('text'))
      await vault.close()
      const closed = { code: 'cancelled' }
      await expect(vault.get('a')).rejects.toMatchObject(closed)
      await expect(vault.set('a', new Secret('x'))).rejects.toMatchObject(closed)
      await expect(vault.delete('a')).rejects.toMatchObject(closed)
      await expect(vault.keys()).rejects.toMatchObject(closed)
      expect(vault.status()).not.toBe('unlocked')
    })
  })
}

import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findCanaries } from '../../../tests/support/canaries'
import { systemClock } from '../clock'
import { openVault } from './open-vault'
import { Secret } from './secret'
import { describeVault } from './testing/conformance'

const newKey = (): string => randomBytes(32).toString('base64url')
let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'open-vault-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describeVault('the vault under a key of the system', () => openVault(folder, systemClock, newKey()))

describe('a vault under a key of the system', () => {
  it('is open at once, again with the same key, and shows neither key nor secret on the disk', async () => {
    const key = newKey()
    const first = await openVault(folder, systemClock, key)
    expect(first.status()).toBe('unlocked')
    await first.set('a', new Secret('canary of a password'))
    await first.close()
    const again = await openVault(folder, systemClock, key)
    expect((await again.get('a'))?.reveal()).toBe('canary of a password')
    await again.close()
    expect(findCanaries(folder, [key, 'canary of a password'])).toEqual([])
  })

  it('is moved aside when its key is another one', async () => {
    const first = await openVault(folder, systemClock, newKey())
    await first.set('a', new Secret('x'))
    await first.close()
    const other = await openVault(folder, systemClock, newKey())
    expect(other.status()).toBe('unlocked')
    expect(await other.keys()).toEqual([])
    expect(readdirSync(folder).filter((name) => name.includes('corrupt'))).toHaveLength(1)
    await other.close()
  })

  it('leaves the vault of the passphrase alone', async () => {
    const own = await openVault(folder, systemClock)
    expect(own.status()).toBe('session-only')
    await own.close()
    await (await openVault(folder, systemClock, newKey())).close()
    expect(readdirSync(folder)).toEqual(['vault-desktop.json'])
  })

  it('needs no passphrase, takes none, and cannot be locked', async () => {
    const key = newKey()
    const vault = await openVault(folder, systemClock, key)
    expect(vault.protection).toBe('system')
    await vault.set('a', new Secret('x'))
    const refusal = { code: 'not-supported' }
    await expect(vault.enter(new Secret('a passphrase of mine'))).rejects.toMatchObject(refusal)
    expect(() => vault.lock()).toThrow(expect.objectContaining(refusal))
    expect(vault.status()).toBe('unlocked')
    expect((await vault.get('a'))?.reveal()).toBe('x')
    await vault.close()
    const again = await openVault(folder, systemClock, key)
    expect((await again.get('a'))?.reveal()).toBe('x')
    await again.close()
    const own = await openVault(join(folder, 'of a passphrase'), systemClock)
    expect(own.protection).toBe('passphrase')
    await own.close()
  })

  it.each([
    ['removed', (path: string) => rmSync(path)],
    ['damaged', (path: string) => writeFileSync(path, '{')],
  ])('begins its file anew under the same key when that is %s meanwhile', async (_, harm) => {
    const key = newKey()
    const vault = await openVault(folder, systemClock, key)
    await vault.set('before', new Secret('gone with the file'))
    harm(join(folder, 'vault-desktop.json'))
    await vault.set('after', new Secret('kept'))
    expect(vault.status()).toBe('unlocked')
    expect(await vault.keys()).toEqual(['after'])
    await vault.close()
    const again = await openVault(folder, systemClock, key)
    expect((await again.get('after'))?.reveal()).toBe('kept')
    await again.close()
    expect(findCanaries(folder, [key, 'kept'])).toEqual([])
  })
})

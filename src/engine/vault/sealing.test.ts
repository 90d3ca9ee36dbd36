import { createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultCost, deriveKey, newParameters, seal, unseal } from './sealing'
import { Secret } from './secret'

const key = randomBytes(32)
const plainTexts = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))

describe('sealing', () => {
  it('gives back what was sealed, with the same key and label', () => {
    fc.assert(
      fc.property(plainTexts, fc.string(), (plain, label) => {
        expect(unseal(key, label, seal(key, label, plain))).toEqual(plain)
      }),
    )
  })

  it('gives nothing for another key, another label, or a single changed bit', () => {
    fc.assert(
      fc.property(plainTexts, fc.nat(), fc.nat({ max: 7 }), (plain, position, bit) => {
        const sealed = seal(key, 'label', plain)
        expect(unseal(randomBytes(32), 'label', sealed)).toBeNull()
        expect(unseal(key, 'Label', sealed)).toBeNull()
        for (const field of ['nonce', 'data'] as const) {
          const bytes = Buffer.from(sealed[field], 'base64')
          const at = position % bytes.length
          bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at)
          expect(unseal(key, 'label', { ...sealed, [field]: bytes.toString('base64') })).toBeNull()
          const shorter = bytes.subarray(0, at).toString('base64')
          expect(unseal(key, 'label', { ...sealed, [field]: shorter })).toBeNull()
        }
      }),
    )
  })

  it('never uses a nonce twice, and does not show how long a password is', () => {
    const sealed = Array.from({ length: 200 }, (_, length) => seal(key, 'label', Buffer.alloc(length % 60)))
    expect(new Set(sealed.map(({ nonce }) => nonce)).size).toBe(200)
    expect(new Set(sealed.map(({ data }) => data.length)).size).toBe(1)
  })

  it('is plain AES-256-GCM: what is written in the documentation opens it', () => {
    const { nonce, data } = seal(key, 'entry a', Buffer.from('hunter2'))
    const bytes = Buffer.from(data, 'base64')
    const opening = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'))
    opening.setAAD(Buffer.from('entry a')).setAuthTag(bytes.subarray(-16))
    const padded = Buffer.concat([opening.update(bytes.subarray(0, -16)), opening.final()])
    expect(padded.length).toBe(64)
    expect(padded.subarray(4, 4 + padded.readUInt32BE()).toString()).toBe('hunter2')
  })

  it('refuses a key that was wiped', () => {
    expect(() => seal(Buffer.alloc(32), 'label', Buffer.from('hunter2'))).toThrow(
      'The key of the vault is gone.',
    )
  })
})

describe('the key of a passphrase', () => {
  it('costs what it should, by default', () => {
    expect(defaultCost).toEqual({ N: 131_072, r: 8, p: 1 })
  })

  it('is scrypt of it in NFC, whatever form it was typed in', { timeout: 60_000 }, async () => {
    const parameters = newParameters(defaultCost)
    const expected = scryptSync('caf\u00e9 au lait', Buffer.from(parameters.salt, 'base64'), 32, {
      ...defaultCost,
      maxmem: 2 ** 28,
    })
    expect(await deriveKey(new Secret('caf\u00e9 au lait'), parameters)).toEqual(expected)
    expect(await deriveKey(new Secret('cafe\u0301 au lait'), parameters)).toEqual(expected)
    expect(await deriveKey(new Secret('cafe au lait'), parameters)).not.toEqual(expected)
  })

  it('is another one with another salt', async () => {
    const cost = { N: 16, r: 1, p: 1 }
    const [one, other] = [newParameters(cost), newParameters(cost)]
    expect(Buffer.from(one.salt, 'base64')).toHaveLength(32)
    expect(one.salt).not.toBe(other.salt)
    expect(await deriveKey(new Secret('x'), one)).not.toEqual(await deriveKey(new Secret('x'), other))
  })

  it('leaves the main loop free while it is computed', { timeout: 60_000 }, async () => {
    let turns = 0
    const counting = setInterval(() => turns++)
    await deriveKey(new Secret('x'), newParameters(defaultCost))
    clearInterval(counting)
    expect(turns).toBeGreaterThan(10)
  })
})

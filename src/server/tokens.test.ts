import { describe, expect, test } from 'vitest'
import { findBySecret, newSecret, OneUseTokens, secretDigest } from './tokens'

test('a secret is 256 random bits in base64url', () => {
  const secret = newSecret()
  expect(secret).toMatch(/^[\w-]{43}$/)
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
  expect(newSecret()).not.toBe(secret)
})

test('findBySecret finds exactly the entry of a secret', () => {
  const secrets = [newSecret(), newSecret(), newSecret()]
  const entries = secrets.map((secret, index) => ({ index, digest: secretDigest(secret) }))
  for (const [index, secret] of secrets.entries()) expect(findBySecret(entries, secret)?.index).toBe(index)
  const [first = ''] = secrets
  for (const other of [newSecret(), '', first.slice(1), `${first}=`, `${first} `, first.toUpperCase()]) {
    expect(findBySecret(entries, other)).toBeUndefined()
  }
})

describe('OneUseTokens', () => {
  let time = 0
  const open = (): OneUseTokens => new OneUseTokens({ lifetime: 600_000, capacity: 3, now: () => time })

  test('a token opens once', () => {
    const tokens = open()
    const token = tokens.issue()
    expect(tokens.redeem(newSecret())).toBe(false)
    expect(tokens.redeem(token)).toBe(true)
    expect(tokens.redeem(token)).toBe(false)
  })

  test('a token opens until its lifetime is over', () => {
    const tokens = open()
    const [early, late] = [tokens.issue(), tokens.issue()]
    time += 599_999
    expect(tokens.redeem(early)).toBe(true)
    time += 1
    expect(tokens.redeem(late)).toBe(false)
  })

  test('the oldest is forgotten when there are too many', () => {
    const tokens = open()
    const issued = Array.from({ length: 4 }, () => tokens.issue())
    expect(issued.map((token) => tokens.redeem(token))).toEqual([false, true, true, true])
  })

  test('whoever asked is told once that a token is gone: forgotten, used or expired', () => {
    const tokens = open()
    const gone: string[] = []
    const issue = (name: string): string => tokens.issue(() => gone.push(name))
    issue('forgotten')
    const used = issue('used')
    issue('expired')
    issue('last')
    expect(gone).toEqual(['forgotten'])
    tokens.redeem(used)
    expect(gone).toEqual(['forgotten', 'used'])
    time += 600_000
    tokens.redeem(used)
    expect(gone).toEqual(['forgotten', 'used', 'expired', 'last'])
  })
})

import { describe, expect, it } from 'vitest'
import { SessionVault } from './session-vault'
import { describeVault } from './testing/conformance'

describeVault('the vault of a session', () => Promise.resolve(new SessionVault()))

describe('the vault of a session', () => {
  it('says that it is that', () => {
    expect(new SessionVault().status()).toBe('session-only')
  })
})

import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyTypes, testKeyBlob } from '../testing/keys'
import { knownHostsLine, removalCommand } from './line'
import { parseKnownHosts } from './parse'
import { verdict } from './verdict'

const keyBlob = testKeyBlob('ssh-ed25519')
const base64 = keyBlob.toString('base64')

describe('knownHostsLine', () => {
  it('writes the name, with the port unless it is 22', () => {
    expect(knownHostsLine({ host: 'XCP1', port: 22, keyBlob })).toBe(`xcp1 ssh-ed25519 ${base64}`)
    expect(knownHostsLine({ host: '::1', port: 2222, keyBlob })).toBe(`[::1]:2222 ssh-ed25519 ${base64}`)
    expect(knownHostsLine({ host: 'x', port: 2222, alias: 'Cluster', keyBlob })).toBe(
      `cluster ssh-ed25519 ${base64}`,
    )
  })

  it('is read back as known, for every key type, hashed or not', () => {
    const query = fc.record({
      host: fc.oneof(
        fc.domain(),
        fc.ipV4(),
        fc.ipV6().filter((address) => !address.includes('.')),
      ),
      port: fc.oneof(fc.constant(22), fc.integer({ min: 1, max: 65_535 })),
      type: fc.constantFrom(...keyTypes),
      hashed: fc.boolean(),
    })
    fc.assert(
      fc.property(query, ({ host, port, type, hashed }) => {
        const blob = testKeyBlob(type)
        const line = knownHostsLine({ host, port, keyBlob: blob, salt: hashed ? randomBytes(20) : undefined })
        const { entries } = parseKnownHosts(line, '/known_hosts')
        const asked = { host: host.toUpperCase(), port, keyType: type, keyBlob: blob }
        expect(verdict(entries, asked)).toMatchObject({ kind: 'known', withoutPort: false })
        if (hashed) expect(line).not.toContain(host)
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    '',
    '*',
    'xcp?',
    '!xcp1',
    'a,b',
    'a b',
    'a\tb',
    'a\nb',
    '|1|x',
    '#x',
    '@revoked',
    'a"b',
    '\u00fc',
  ])('refuses the name %j', (host) => {
    expect(() => knownHostsLine({ host, port: 22, keyBlob })).toThrow(
      expect.objectContaining({ code: 'bad-request' }),
    )
    expect(() =>
      knownHostsLine({ host: 'x', port: 22, alias: host, keyBlob, salt: randomBytes(20) }),
    ).toThrow(expect.objectContaining({ code: 'bad-request' }))
  })

  it('refuses what is not a key', () => {
    expect(() => knownHostsLine({ host: 'xcp1', port: 22, keyBlob: Buffer.from('key') })).toThrow(
      expect.objectContaining({ code: 'bad-data', where: 'xcp1' }),
    )
  })
})

describe('removalCommand', () => {
  it('quotes what a shell would read otherwise', () => {
    expect(removalCommand('/root/.ssh/known_hosts', { host: 'xcp1', port: 22 })).toBe(
      'ssh-keygen -f /root/.ssh/known_hosts -R xcp1',
    )
    expect(removalCommand("/it's/known hosts", { host: 'xcp1', port: 2222 })).toBe(
      "ssh-keygen -f '/it'\\''s/known hosts' -R '[xcp1]:2222'",
    )
  })
})

import { describe, expect, it } from 'vitest'
import { DiagnosticError } from '@shared/errors'
import { testKeyBlob } from '../testing/keys'
import { fingerprint } from './fingerprint'
import { nameDigest } from './match'
import { joinKnownHosts, parseKnownHosts } from './parse'
import { verdict, type HostKeyQuery } from './verdict'

const ed = testKeyBlob('ssh-ed25519')
const otherEd = testKeyBlob('ssh-ed25519')
const p256 = testKeyBlob('ecdsa-sha2-nistp256')
const p384 = testKeyBlob('ecdsa-sha2-nistp384')
const rsa = testKeyBlob('ssh-rsa')

const typeOf = (blob: Buffer): string => blob.toString('latin1', 4, 4 + blob.readUInt32BE(0))
const keyOf = (blob: Buffer) => `${typeOf(blob)} ${blob.toString('base64')}`

function ask(lines: readonly string[], keyBlob: Buffer, query: Partial<HostKeyQuery> = {}) {
  const { entries, problems } = parseKnownHosts(lines.join('\n'), '/home/me/.ssh/known_hosts')
  expect(problems).toEqual([])
  return verdict(entries, { host: 'xcp1', port: 22, keyType: typeOf(keyBlob), keyBlob, ...query })
}

describe('verdict', () => {
  it('knows a host by its key, in whichever line it stands', () => {
    expect(ask([`xcp1 ${keyOf(otherEd)}`, `web,xcp1 ${keyOf(ed)}`], ed)).toEqual({
      kind: 'known',
      name: 'xcp1',
      keyType: 'ssh-ed25519',
      fingerprint: fingerprint(ed),
      entry: {
        file: '/home/me/.ssh/known_hosts',
        line: 2,
        keyType: 'ssh-ed25519',
        fingerprint: fingerprint(ed),
        names: 'web,xcp1',
      },
      withoutPort: false,
    })
  })

  it('says who else has the key of a host that is not known', () => {
    const salt = Buffer.alloc(20, 1)
    const hashed = `|1|${salt.toString('base64')}|${nameDigest('old', salt)}`
    const lines = [`xcp2 ${keyOf(ed)}`, `${hashed} ${keyOf(ed)}`, `xcp3 ${keyOf(otherEd)}`]
    expect(ask(lines, ed)).toMatchObject({
      kind: 'unknown',
      otherTypes: [],
      sameKeyElsewhere: [
        { line: 1, names: 'xcp2' },
        { line: 2, names: null },
      ],
    })
    expect(ask([], ed)).toMatchObject({ kind: 'unknown', sameKeyElsewhere: [] })
  })

  it('calls another key of the same type changed, and shows the old ones', () => {
    const lines = [`xcp1 ${keyOf(rsa)}`, `xcp* ${keyOf(otherEd)}`, `xcp1 ${keyOf(otherEd)}`]
    expect(ask(lines, ed)).toMatchObject({
      kind: 'changed',
      fingerprint: fingerprint(ed),
      old: [
        { line: 2, fingerprint: fingerprint(otherEd) },
        { line: 3, fingerprint: fingerprint(otherEd) },
      ],
    })
  })

  it('calls a host that is known by other types unknown, and names those keys', () => {
    expect(ask([`xcp1 ${keyOf(rsa)}`, `xcp1 ${keyOf(p384)}`], p256)).toMatchObject({
      kind: 'unknown',
      otherTypes: [
        { line: 1, keyType: 'ssh-rsa', fingerprint: fingerprint(rsa) },
        { line: 2, keyType: 'ecdsa-sha2-nistp384' },
      ],
    })
  })

  it('does not look at lines that a negation takes away', () => {
    expect(ask([`*,!xcp1 ${keyOf(ed)}`], ed)).toMatchObject({ kind: 'unknown' })
    expect(ask([`*,!xcp2 ${keyOf(ed)}`], ed)).toMatchObject({ kind: 'known' })
  })

  it('refuses a revoked key even where another line trusts it, in any file', () => {
    const user = parseKnownHosts(`xcp1 ${keyOf(ed)}`, '/user')
    const global = parseKnownHosts(`@revoked * ${keyOf(ed)}`, '/global')
    const query = { host: 'xcp1', port: 22, keyType: 'ssh-ed25519', keyBlob: ed }
    expect(verdict(joinKnownHosts([user, global]).entries, query)).toMatchObject({
      kind: 'revoked',
      revokedBy: [{ file: '/global', line: 1 }],
    })
  })

  it('takes a revoked key as no reason to call another key changed', () => {
    expect(ask([`@revoked xcp1 ${keyOf(otherEd)}`], ed)).toMatchObject({ kind: 'unknown', otherTypes: [] })
  })

  it('counts a certificate authority as unknown, and says that there is one', () => {
    expect(ask([`@cert-authority *cp1 ${keyOf(ed)}`], ed)).toMatchObject({
      kind: 'unknown',
      authorities: [{ line: 1, names: '*cp1' }],
    })
  })

  it('keeps ports apart', () => {
    const lines = [`[xcp1]:2222 ${keyOf(otherEd)}`, `xcp1 ${keyOf(ed)}`]
    expect(ask(lines, ed, { port: 2222 })).toMatchObject({ kind: 'changed', name: '[xcp1]:2222' })
    expect(ask(lines, otherEd, { port: 2222 })).toMatchObject({ kind: 'known', withoutPort: false })
    expect(ask(lines, otherEd)).toMatchObject({ kind: 'changed', name: 'xcp1' })
  })

  it('as OpenSSH, accepts on an unknown port the key known for the host, and no other', () => {
    const lines = [`xcp1 ${keyOf(ed)}`]
    expect(ask(lines, ed, { port: 2222 })).toMatchObject({
      kind: 'known',
      withoutPort: true,
      entry: { line: 1 },
    })
    expect(ask(lines, otherEd, { port: 2222 })).toMatchObject({ kind: 'unknown', name: '[xcp1]:2222' })
    expect(ask([`[xcp1]:2222 ${keyOf(ed)}`], ed)).toMatchObject({ kind: 'unknown', name: 'xcp1' })
    expect(ask([...lines, `[xcp1]:2222 ${keyOf(rsa)}`], ed, { port: 2222 })).toMatchObject({
      kind: 'unknown',
      otherTypes: [{ line: 2 }],
    })
  })

  it('takes a key revoked for a host as revoked on all of its ports', () => {
    const lines = [`@revoked xcp1 ${keyOf(ed)}`, `[xcp1]:2222 ${keyOf(ed)}`]
    expect(ask(lines, ed, { port: 2222 })).toMatchObject({ kind: 'revoked', revokedBy: [{ line: 1 }] })
  })

  it('compares names in lower case and addresses in their shortest form', () => {
    expect(ask([`XCP1.Lab ${keyOf(ed)}`], ed, { host: 'xcp1.LAB' })).toMatchObject({ kind: 'known' })
    const hashed = Buffer.alloc(20, 9)
    const line = `|1|${hashed.toString('base64')}|${nameDigest('[fe80::1]:2222', hashed)} ${keyOf(ed)}`
    expect(ask([line], ed, { host: 'FE80:0::1', port: 2222 })).toMatchObject({ kind: 'known' })
  })

  it('looks an alias up instead of host and port', () => {
    const lines = [`cluster ${keyOf(ed)}`, `[xcp1]:2222 ${keyOf(otherEd)}`]
    expect(ask(lines, ed, { port: 2222, alias: 'Cluster' })).toMatchObject({ kind: 'known', name: 'cluster' })
    expect(ask(lines, otherEd, { port: 2222, alias: 'cluster' })).toMatchObject({ kind: 'changed' })
  })

  it('takes the signature algorithms of RSA for the type ssh-rsa', () => {
    expect(ask([`xcp1 ${keyOf(rsa)}`], rsa, { keyType: 'rsa-sha2-512' })).toMatchObject({ kind: 'known' })
  })

  it('refuses a key that is not of the negotiated type, or no key at all', () => {
    expect(() => ask([], ed, { keyType: 'rsa-sha2-512' })).toThrow(
      'The host key is of type ssh-ed25519, not rsa-sha2-512.',
    )
    expect(() =>
      verdict([], { host: 'xcp1', port: 2222, keyType: 'ssh-ed25519', keyBlob: ed.subarray(0, 40) }),
    ).toThrow(
      expect.objectContaining({ constructor: DiagnosticError, code: 'bad-data', where: '[xcp1]:2222' }),
    )
  })
})

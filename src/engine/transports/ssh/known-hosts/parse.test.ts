import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyTypes, testKeyBlob, wireString } from '../testing/keys'
import { missingOpenSsh, runTool } from '../testing/open-ssh'
import { fingerprint } from './fingerprint'
import { keyTypeOfBlob } from './key-blob'
import { parseKnownHosts } from './parse'

const blob = testKeyBlob('ssh-ed25519')
const base64 = blob.toString('base64')
const key = `ssh-ed25519 ${base64}`

function entriesOf(text: string) {
  const { entries, problems } = parseKnownHosts(text, '/known_hosts')
  expect(problems).toEqual([])
  return entries
}

function problemOf(line: string): string | undefined {
  const { entries, problems } = parseKnownHosts(`# first\n${line}\n`, '/known_hosts')
  expect(entries).toEqual([])
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatchObject({ file: '/known_hosts', line: 2 })
  return problems[0]?.message
}

describe('parseKnownHosts', () => {
  it('reads names, type, key and comment, and counts lines from 1', () => {
    const [entry, ...more] = entriesOf(`# a comment\n\n \t\nxcp1,10.0.0.1 ${key} root@xcp1 since May\n`)
    expect(more).toEqual([])
    expect(entry).toEqual({
      file: '/known_hosts',
      line: 4,
      marker: null,
      names: 'xcp1,10.0.0.1',
      hash: null,
      keyType: 'ssh-ed25519',
      keyBlob: blob,
      comment: 'root@xcp1 since May',
    })
  })

  it('reads tabs, leading blanks, CR LF and a last line without its end', () => {
    expect(entriesOf(` \txcp1\t${key}\r\nxcp2  ssh-ed25519\t${base64}`).map((entry) => entry.names)).toEqual([
      'xcp1',
      'xcp2',
    ])
  })

  it('reads the markers', () => {
    const entries = entriesOf(`@revoked * ${key}\n@cert-authority\t*.example ${key}\n`)
    expect(entries.map((entry) => [entry.marker, entry.names])).toEqual([
      ['revoked', '*'],
      ['cert-authority', '*.example'],
    ])
  })

  it('reads a hashed name', () => {
    const salt = Buffer.alloc(20, 7)
    const [entry] = entriesOf(`|1|${salt.toString('base64')}|2BqPsgXrB1DmH0Bo8vXyYl0JQx4= ${key}`)
    expect(entry?.hash).toEqual({ salt, digest: '2BqPsgXrB1DmH0Bo8vXyYl0JQx4=' })
  })

  it('takes an RSA key under the names of its signature algorithms', () => {
    const rsa = testKeyBlob('ssh-rsa').toString('base64')
    expect(entriesOf(`xcp1 rsa-sha2-512 ${rsa}`)[0]?.keyType).toBe('ssh-rsa')
  })

  it.each([
    ['xcp1', 'The line ends before the key.'],
    ['xcp1 ssh-ed25519', 'The line ends before the key.'],
    ['xcp1 # nothing', 'The line ends before the key.'],
    [`@foo xcp1 ${key}`, 'The marker "@foo" is not known.'],
    [`@revoked @cert-authority xcp1 ${key}`, 'A line may have one marker only.'],
    [`|1|AAAA|AAAA ${key}`, 'The hashed host name is not of the form |1|salt|hash.'],
    [`|2|${'A'.repeat(27)}=|AAAA ${key}`, 'The hashed host name is not of the form |1|salt|hash.'],
    [`xcp1 1024 35 1234567`, 'Keys of type "1024" are not supported.'],
    [`xcp1 ssh-\u001b[31m ${base64}`, 'Keys of type "ssh-?[31m" are not supported.'],
    [`xcp1 ssh-ed25519 ${base64}!`, 'The key is not valid base64.'],
    [`xcp1 ssh-ed25519 ${base64.slice(0, -4)}`, 'The key is damaged or cut off.'],
    [`xcp1 ssh-rsa ${base64}`, 'The line says ssh-rsa, but the key is of type ssh-ed25519.'],
  ])('passes over %j and says why', (line, message) => {
    expect(problemOf(line)).toBe(message)
  })
})

describe('keyTypeOfBlob', () => {
  it.each(keyTypes)('reads %s, and refuses it cut off or with something behind it', (type) => {
    const whole = testKeyBlob(type)
    expect(keyTypeOfBlob(whole)).toBe(type)
    for (let length = 0; length < whole.length; length++) {
      expect(keyTypeOfBlob(whole.subarray(0, length))).toBeNull()
    }
    expect(keyTypeOfBlob(Buffer.concat([whole, Buffer.alloc(1)]))).toBeNull()
    expect(keyTypeOfBlob(Buffer.concat([whole, wireString('')]))).toBeNull()
  })

  it('refuses short RSA keys, and a curve that is not the one of the type', () => {
    const short = Buffer.concat([
      wireString('ssh-rsa'),
      wireString('\x03'),
      wireString(Buffer.alloc(127, 0x7f)),
    ])
    expect(keyTypeOfBlob(short)).toBeNull()
    const p256 = testKeyBlob('ecdsa-sha2-nistp256')
    const fields = p256.subarray(4 + 'ecdsa-sha2-nistp256'.length)
    expect(keyTypeOfBlob(Buffer.concat([wireString('ecdsa-sha2-nistp384'), fields]))).toBeNull()
  })

  it('reads a key that is a view into a larger buffer', () => {
    const around = Buffer.concat([Buffer.alloc(3), blob, Buffer.alloc(3)])
    expect(keyTypeOfBlob(new Uint8Array(around.buffer, around.byteOffset + 3, blob.length))).toBe(
      'ssh-ed25519',
    )
  })
})

describe.skipIf(missingOpenSsh !== null)('keys made by ssh-keygen', () => {
  let directory = ''
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'known-hosts-'))
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  it.each([
    ['ed25519', '256'],
    ['ecdsa', '256'],
    ['ecdsa', '384'],
    ['ecdsa', '521'],
    ['rsa', '2048'],
  ])('are read and have the same fingerprint: %s %s', async (type, bits) => {
    const file = join(directory, `${type}${bits}`)
    await runTool('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-C', 'one two', '-f', file])
    const [entry] = entriesOf(`xcp1 ${await readFile(`${file}.pub`, 'utf8')}`)
    const { stdout } = await runTool('ssh-keygen', ['-l', '-f', `${file}.pub`])
    expect(entry && fingerprint(entry.keyBlob)).toBe(/SHA256:\S+/.exec(stdout)?.[0])
    expect(entry?.comment).toBe('one two')
  })
})

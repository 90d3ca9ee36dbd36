import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyTypes, testKeyBlob } from '../testing/keys'
import { missingOpenSsh, runTool } from '../testing/open-ssh'
import { preferKnownAlgorithms } from './host-key-algorithms'
import { nameDigest } from './match'
import { parseKnownHosts } from './parse'

const offered = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'rsa-sha2-512',
  'rsa-sha2-256',
]
const keys = keyTypes.map((type) => `${type} ${testKeyBlob(type).toString('base64')}`)
const keyOf = (type: string) => keys.find((key) => key.startsWith(`${type} `)) ?? ''

function prefer(lines: readonly string[], port = 22) {
  const { entries } = parseKnownHosts(lines.join('\n'), '/known_hosts')
  return preferKnownAlgorithms(entries, { host: 'xcp1', port }, offered)
}

describe('preferKnownAlgorithms', () => {
  it('leaves the list alone when nothing or the first type is known', () => {
    expect(prefer([])).toEqual(offered)
    expect(prefer([`xcp2 ${keyOf('ssh-rsa')}`])).toEqual(offered)
    expect(prefer([`xcp1 ${keyOf('ssh-rsa')}`, `xcp1 ${keyOf('ssh-ed25519')}`])).toEqual(offered)
  })

  it('offers all algorithms of the known types first, in the order they had', () => {
    expect(prefer([`xcp1 ${keyOf('ssh-rsa')}`, `xcp1 ${keyOf('ecdsa-sha2-nistp384')}`])).toEqual([
      'ecdsa-sha2-nistp384',
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-ed25519',
      'ecdsa-sha2-nistp256',
      'ecdsa-sha2-nistp521',
      'sk-ssh-ed25519@openssh.com',
    ])
  })

  it('does not prefer what is revoked or only an authority', () => {
    const rsa = keyOf('ssh-rsa')
    expect(prefer([`xcp1 ${rsa}`, `@revoked * ${rsa}`])).toEqual(offered)
    expect(prefer([`@cert-authority xcp1 ${rsa}`])).toEqual(offered)
  })

  it('on an unknown port prefers what the host itself is known by', () => {
    expect(prefer([`xcp1 ${keyOf('ssh-rsa')}`], 2222)[0]).toBe('rsa-sha2-512')
    const both = [`xcp1 ${keyOf('ssh-rsa')}`, `[xcp1]:2222 ${keyOf('ecdsa-sha2-nistp256')}`]
    expect(prefer(both, 2222).slice(0, 2)).toEqual(['ecdsa-sha2-nistp256', 'ssh-ed25519'])
  })
})

describe.skipIf(missingOpenSsh !== null)('agreement with ssh', () => {
  let directory = ''
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'known-hosts-'))
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  /** What ssh prefers, as its log tells before the key exchange; the "server" says its version and goes. */
  async function orderOfSsh(file: string): Promise<string[]> {
    const server = `sh -c "printf 'SSH-2.0-test\\r\\n'; exec head -c 200 > /dev/null"`
    const files = ['-o', `UserKnownHostsFile=${file}`, '-o', 'GlobalKnownHostsFile=/dev/null']
    const args = ['-vvv', '-F', 'none', ...files, '-o', `ProxyCommand=${server}`, 'xcp1']
    const { stderr } = await runTool('ssh', args)
    expect(stderr).toContain('order_hostkeyalgs: ')
    const preferred = /prefer hostkeyalgs: (\S+)/.exec(stderr)?.[1]?.split(',') ?? []
    // ssh offers certificates too.
    return preferred.filter((algorithm) => offered.includes(algorithm))
  }

  it('prefers the same algorithms for generated files', async () => {
    const salt = Buffer.alloc(20, 3)
    const hashed = (name: string) => `|1|${salt.toString('base64')}|${nameDigest(name, salt)}`
    const name = fc.constantFrom('xcp1', 'xcp*', '*,!xcp1', 'xcp2', hashed('xcp1'), '[xcp1]:2222')
    const marker = fc.constantFrom('', '', '', '@revoked ')
    const line = fc
      .tuple(marker, name, fc.constantFrom(...keys))
      .map(([mark, names, key]) => `${mark}${names} ${key}`)
    let preferred = 0
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 5 }), async (lines) => {
        const file = join(directory, 'known_hosts')
        await writeFile(file, `${lines.join('\n')}\n`)
        const theirs = await orderOfSsh(file)
        const ours = prefer(lines)
        expect(ours).toEqual([...theirs, ...offered.filter((algorithm) => !theirs.includes(algorithm))])
        preferred += theirs.length
      }),
      { numRuns: 60 },
    )
    expect(preferred).toBeGreaterThan(0)
  })
})

import { createECDH, randomBytes } from 'node:crypto'

/** Public keys for tests: well formed and distinct, some without a private half. */

export const keyTypes = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
  'sk-ssh-ed25519@openssh.com',
] as const
export type TestKeyType = (typeof keyTypes)[number]

const openSslCurves = { nistp256: 'prime256v1', nistp384: 'secp384r1', nistp521: 'secp521r1' } as const

export function wireString(content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

export function testKeyBlob(type: TestKeyType): Buffer {
  return Buffer.concat([wireString(type), ...fieldsOf(type).map(wireString)])
}

function fieldsOf(type: TestKeyType): (Uint8Array | string)[] {
  switch (type) {
    case 'ssh-ed25519':
      return [randomBytes(32)]
    case 'sk-ssh-ed25519@openssh.com':
      return [randomBytes(32), 'ssh:']
    case 'ssh-rsa': {
      const modulus = randomBytes(256)
      modulus[0] = 0xc5
      return [Uint8Array.of(1, 0, 1), Buffer.concat([Buffer.alloc(1), modulus])]
    }
    case 'ecdsa-sha2-nistp256':
      return pointOn('nistp256')
    case 'ecdsa-sha2-nistp384':
      return pointOn('nistp384')
    case 'ecdsa-sha2-nistp521':
      return pointOn('nistp521')
  }
}

function pointOn(curve: keyof typeof openSslCurves): (Uint8Array | string)[] {
  return [curve, createECDH(openSslCurves[curve]).generateKeys()]
}

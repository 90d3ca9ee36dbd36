import { createDecipheriv } from 'node:crypto'

/**
 * OpenSSH's own format of private keys, "openssh-key-v1": see PROTOCOL.key of OpenSSH.
 * Only the envelope is read here; the keys inside are the library's business.
 */
export interface KeyContainer {
  readonly cipher: string
  /** Null where the key is not encrypted. */
  readonly kdf: { readonly name: string; readonly salt: Buffer; readonly rounds: number } | null
  readonly publicKeys: readonly Buffer[]
  readonly secret: Buffer
  /** Behind the secret, for the ciphers that have one. */
  readonly tag: Buffer
}

interface KeyCipher {
  readonly openSslName: 'aes-128-gcm' | 'aes-256-gcm' | `aes-${128 | 192 | 256}-${'ctr' | 'cbc'}`
  readonly keyLength: number
  readonly ivLength: number
  readonly tagLength: number
}

const aes = (bits: 128 | 192 | 256, mode: 'ctr' | 'cbc'): KeyCipher => ({
  openSslName: `aes-${bits}-${mode}`,
  keyLength: bits / 8,
  ivLength: 16,
  tagLength: 0,
})

export const keyCiphers: ReadonlyMap<string, KeyCipher> = new Map([
  ['aes128-ctr', aes(128, 'ctr')],
  ['aes192-ctr', aes(192, 'ctr')],
  ['aes256-ctr', aes(256, 'ctr')],
  ['aes128-cbc', aes(128, 'cbc')],
  ['aes192-cbc', aes(192, 'cbc')],
  ['aes256-cbc', aes(256, 'cbc')],
  ['aes128-gcm@openssh.com', { openSslName: 'aes-128-gcm', keyLength: 16, ivLength: 12, tagLength: 16 }],
  ['aes256-gcm@openssh.com', { openSslName: 'aes-256-gcm', keyLength: 32, ivLength: 12, tagLength: 16 }],
])

const magic = Buffer.from('openssh-key-v1\0')
const armour = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END OPENSSH PRIVATE KEY-----/
const mostKeys = 16

class Fields {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  number(): number {
    const value = this.#bytes.readUInt32BE(this.#at)
    this.#at += 4
    return value
  }

  string(): Buffer {
    const length = this.number()
    if (length > this.#bytes.length - this.#at) throw new RangeError('a field reaches beyond the end')
    return this.#bytes.subarray(this.#at, (this.#at += length))
  }

  rest(): Buffer {
    return this.#bytes.subarray(this.#at)
  }
}

/** Null where the text is no such container, or a damaged one. */
export function readContainer(text: string): KeyContainer | null {
  const bytes = Buffer.from(armour.exec(text)?.[1] ?? '', 'base64')
  if (!bytes.subarray(0, magic.length).equals(magic)) return null
  try {
    const fields = new Fields(bytes.subarray(magic.length))
    const cipher = fields.string().toString('latin1')
    const kdfName = fields.string().toString('latin1')
    const kdfOptions = new Fields(fields.string())
    const kdf =
      kdfName === 'none' ? null : { name: kdfName, salt: kdfOptions.string(), rounds: kdfOptions.number() }
    const count = fields.number()
    if (count > mostKeys) return null
    const publicKeys = Array.from({ length: count }, () => fields.string())
    return { cipher, kdf, publicKeys, secret: fields.string(), tag: fields.rest() }
  } catch {
    return null
  }
}

/** The secret half; null where the passphrase was another. `derived` is key and IV, in this order. */
export function decryptSecret(container: KeyContainer, cipher: KeyCipher, derived: Buffer): Buffer | null {
  const key = derived.subarray(0, cipher.keyLength)
  const iv = derived.subarray(cipher.keyLength, cipher.keyLength + cipher.ivLength)
  try {
    const secret = decrypted(container, cipher, key, iv)
    // Two equal random numbers begin it, to tell whether the passphrase was right.
    return secret.length >= 8 && secret.readUInt32BE(0) === secret.readUInt32BE(4) ? secret : null
  } catch {
    return null
  }
}

function decrypted(container: KeyContainer, cipher: KeyCipher, key: Buffer, iv: Buffer): Buffer {
  if (cipher.openSslName === 'aes-128-gcm' || cipher.openSslName === 'aes-256-gcm') {
    const decipher = createDecipheriv(cipher.openSslName, key, iv)
    decipher.setAuthTag(container.tag.subarray(0, cipher.tagLength))
    return Buffer.concat([decipher.update(container.secret), decipher.final()])
  }
  const decipher = createDecipheriv(cipher.openSslName, key, iv)
  decipher.setAutoPadding(false)
  return Buffer.concat([decipher.update(container.secret), decipher.final()])
}

/** The same keys, not encrypted, as text that the library reads without any work. */
export function plainContainer(container: KeyContainer, secret: Buffer): string {
  const count = Buffer.alloc(4)
  count.writeUInt32BE(container.publicKeys.length)
  const bytes = Buffer.concat([
    magic,
    ...[Buffer.from('none'), Buffer.from('none'), Buffer.alloc(0)].map(wireString),
    count,
    ...container.publicKeys.map(wireString),
    wireString(secret),
  ])
  const lines = bytes.toString('base64').replace(/(.{70})/g, '$1\n')
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----`
}

function wireString(content: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  return Buffer.concat([length, content])
}

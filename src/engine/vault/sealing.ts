import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { DiagnosticError } from '@shared/errors'
import { inTurn } from '../files'
import type { Secret } from './secret'

/** scrypt (RFC 7914): memory is 128 * N * r bytes, work is N * r * p. */
export interface KeyCost {
  readonly N: number
  readonly r: number
  readonly p: number
}

/** OWASP's first choice for scrypt: 128 MiB and some hundred milliseconds for each guess. */
export const defaultCost: KeyCost = { N: 2 ** 17, r: 8, p: 1 }

export interface KeyParameters extends KeyCost {
  /** Base64. */
  readonly salt: string
}

export interface Sealed {
  /** Base64, 96 bits. */
  readonly nonce: string
  /** Base64: the ciphertext and the tag of 128 bits. */
  readonly data: string
}

const cipher = 'aes-256-gcm'
const keyLength = 32
const nonceLength = 12
const tagLength = 16
/** Plain texts are filled up to a multiple of this, so that the file does not tell how long a password is. */
const block = 64

export const newParameters = (cost: KeyCost): KeyParameters => ({
  ...cost,
  salt: randomBytes(32).toString('base64'),
})

/**
 * The key of a passphrase, computed off the main loop, one at a time because of the memory. The same passphrase
 * typed on another system may come in another Unicode form: it is brought to NFC first, as RFC 8265 has it.
 */
export function deriveKey(passphrase: Secret, { N, r, p, salt }: KeyParameters): Promise<Buffer> {
  return inTurn('scrypt', () => {
    const password = Buffer.from(passphrase.reveal().normalize('NFC'))
    const maxmem = 128 * r * (N + p + 2) + 1_048_576
    return new Promise((resolve, reject) => {
      scrypt(password, Buffer.from(salt, 'base64'), keyLength, { N, r, p, maxmem }, (error, key) => {
        password.fill(0)
        if (error === null) resolve(key)
        else reject(new DiagnosticError('limit-exceeded', 'The key could not be computed.', { cause: error }))
      })
    })
  })
}

/** AES-256-GCM; `label` is authenticated with it, so that no entry can take another one's place. */
export function seal(key: Buffer, label: string, plain: Buffer): Sealed {
  // A key that was wiped a moment too early would seal nothing.
  if (key.every((byte) => byte === 0)) throw new DiagnosticError('internal', 'The key of the vault is gone.')
  const padded = Buffer.alloc(Math.ceil((4 + plain.length) / block) * block)
  padded.writeUInt32BE(plain.length)
  plain.copy(padded, 4)
  const nonce = randomBytes(nonceLength)
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagLength })
  sealing.setAAD(Buffer.from(label))
  const data = Buffer.concat([sealing.update(padded), sealing.final(), sealing.getAuthTag()])
  padded.fill(0)
  return { nonce: nonce.toString('base64'), data: data.toString('base64') }
}

/** Null when it was sealed with another key or under another label, or is damaged. The caller wipes the result. */
export function unseal(key: Buffer, label: string, sealed: Sealed): Buffer | null {
  const nonce = Buffer.from(sealed.nonce, 'base64')
  const data = Buffer.from(sealed.data, 'base64')
  if (nonce.length !== nonceLength || data.length < tagLength + block) return null
  const opening = createDecipheriv(cipher, key, nonce, { authTagLength: tagLength })
  opening.setAAD(Buffer.from(label))
  opening.setAuthTag(data.subarray(-tagLength))
  const padded = opening.update(data.subarray(0, -tagLength))
  try {
    opening.final()
    const plain = Buffer.alloc(padded.readUInt32BE())
    padded.copy(plain, 0, 4, 4 + plain.length)
    return plain
  } catch {
    return null
  } finally {
    padded.fill(0)
  }
}

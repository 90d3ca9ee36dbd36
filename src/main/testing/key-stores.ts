import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { SafeStorageParts } from '../vault/key-store'

interface KeyStoreCase {
  readonly name: string
  readonly platform: NodeJS.Platform
  /** Whether it may be trusted with the key. */
  readonly honest: boolean
  /** `seen` gets every text that it is given to seal. */
  readonly storage: (seen: string[]) => SafeStorageParts
}

const secret = randomBytes(16)
function seal(text: string, mark: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-128-gcm', secret, nonce)
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.from(mark), nonce, cipher.getAuthTag(), data])
}
function open(sealed: Buffer): string {
  const decipher = createDecipheriv('aes-128-gcm', secret, sealed.subarray(3, 15))
  decipher.setAuthTag(sealed.subarray(15, 31))
  return decipher.update(sealed.subarray(31), undefined, 'utf8') + decipher.final('utf8')
}

const answer = (value: unknown) => () => Promise.resolve(value)
const fail = (): Promise<never> => Promise.reject(new Error('the store failed'))
const throws = (): never => {
  throw new Error('the store failed')
}

const good = (seen: string[], mark = 'v11'): Required<SafeStorageParts> => ({
  isAsyncEncryptionAvailable: answer(true),
  getSelectedStorageBackend: () => 'gnome_libsecret',
  encryptStringAsync(text) {
    seen.push(text)
    return Promise.resolve(seal(text, mark))
  },
  decryptStringAsync: (sealed) => Promise.resolve({ result: open(sealed), shouldReEncrypt: false }),
})

/** Seals nothing: the text comes back in another form, and "opens" again. */
const transparent = (encode: (text: string) => Buffer) => (seen: string[]) => {
  const kept = new Map<string, string>()
  return {
    ...good(seen),
    encryptStringAsync(text: string) {
      seen.push(text)
      const sealed = encode(text)
      kept.set(sealed.toString('base64'), text)
      return Promise.resolve(sealed)
    },
    decryptStringAsync: (sealed: Buffer) =>
      Promise.resolve({ result: kept.get(sealed.toString('base64')), shouldReEncrypt: false }),
  }
}

const odd: unknown[] = [undefined, null, 0, 1, '', 'true', {}, [], Number.NaN, Symbol('x')]
const dishonest: Record<string, (seen: string[]) => SafeStorageParts> = {
  'is not available': (seen) => ({ ...good(seen), isAsyncEncryptionAvailable: answer(false) }),
  'fails to say': (seen) => ({ ...good(seen), isAsyncEncryptionAvailable: fail }),
  'throws when asked': (seen) => ({ ...good(seen), isAsyncEncryptionAvailable: throws }),
  'does not seal': (seen) => ({ ...good(seen), encryptStringAsync: fail }),
  'throws at sealing': (seen) => ({ ...good(seen), encryptStringAsync: throws }),
  'does not open': (seen) => ({ ...good(seen), decryptStringAsync: fail }),
  'throws at opening': (seen) => ({ ...good(seen), decryptStringAsync: throws }),
  'opens to another key': (seen) => ({
    ...good(seen),
    decryptStringAsync: answer({ result: 'x'.repeat(43), shouldReEncrypt: false }),
  }),
  'gives the text back': transparent((text) => Buffer.from(text)),
  'gives the text back, marked': transparent((text) => Buffer.from(`v11${text}`)),
  'gives the text back in UTF-16': transparent((text) => Buffer.from(text, 'utf16le')),
  'gives the bytes back': transparent((text) =>
    Buffer.concat([Buffer.from('v11'), Buffer.from(text, 'base64url')]),
  ),
  'gives it back in hex': transparent((text) => Buffer.from(Buffer.from(text).toString('hex'))),
  'gives it back in base64': transparent((text) => Buffer.from(Buffer.from(text).toString('base64'))),
  'turns it round': transparent((text) => Buffer.from(Array.from(text).reverse().join(''))),
  ...Object.fromEntries(
    odd.map((value) => [
      `says ${String(value)} to being available`,
      (seen: string[]) => ({ ...good(seen), isAsyncEncryptionAvailable: answer(value) }),
    ]),
  ),
  ...Object.fromEntries(
    odd.map((value) => [
      `seals to ${String(value)}`,
      (seen: string[]) => ({ ...good(seen), encryptStringAsync: answer(value) }),
    ]),
  ),
  ...Object.fromEntries(
    odd.map((value) => [
      `opens to ${String(value)}`,
      (seen: string[]) => ({ ...good(seen), decryptStringAsync: answer(value) }),
    ]),
  ),
}
const onLinux: Record<string, (seen: string[]) => SafeStorageParts> = {
  'seals with the key that everybody has': (seen) => good(seen, 'v10'),
  ...Object.fromEntries(
    ['basic_text', 'unknown', '', 'gnome', undefined, null, 1].map((backend) => [
      `has the backend ${String(backend)}`,
      (seen: string[]) => ({ ...good(seen), getSelectedStorageBackend: () => backend }),
    ]),
  ),
  'cannot tell its backend': (seen) => ({ ...good(seen), getSelectedStorageBackend: throws }),
}

export const keyStores: readonly KeyStoreCase[] = [
  ...(['linux', 'darwin', 'win32'] as const).flatMap((platform) =>
    Object.entries(dishonest).map(([name, storage]) => ({ name, platform, honest: false, storage })),
  ),
  ...Object.entries(onLinux).map(([name, storage]) => ({
    name,
    platform: 'linux' as const,
    honest: false,
    storage,
  })),
  { name: 'libsecret', platform: 'linux', honest: true, storage: (seen) => good(seen) },
  { name: 'a keychain', platform: 'darwin', honest: true, storage: (seen) => good(seen, 'v10') },
  { name: 'DPAPI', platform: 'win32', honest: true, storage: (seen) => good(seen, 'v10') },
]

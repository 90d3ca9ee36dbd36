import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as v from 'valibot'
import type { FoundKey } from '../engine/messages'

/** What is used of Electron's safeStorage: the asynchronous half. Nothing that it answers is taken for granted. */
export interface SafeStorageParts {
  isAsyncEncryptionAvailable(): Promise<unknown>
  encryptStringAsync(text: string): Promise<unknown>
  decryptStringAsync(sealed: Buffer): Promise<unknown>
  /** Linux only. */
  getSelectedStorageBackend?(): unknown
}

export interface KeyStoreOptions {
  readonly storage: SafeStorageParts
  readonly path: string
  readonly platform: NodeJS.Platform
}

const keyText = v.pipe(v.string(), v.regex(/^[\w-]{43}$/))
const opened = v.object({ result: keyText, shouldReEncrypt: v.optional(v.unknown()) })
const keyFile = v.object({
  version: v.literal(1),
  sealed: v.pipe(v.string(), v.base64(), v.maxLength(65_536)),
})
const realBackends: ReadonlySet<unknown> = new Set(['gnome_libsecret', 'kwallet', 'kwallet5', 'kwallet6'])
/** How Chromium marks what it sealed with a key that is the same on every Linux system. */
const publicKeyMark = Buffer.from('v10')

/**
 * The random key of the desktop's vault, sealed by the system's key store. It is written only where that store is a
 * real one: what came back from sealing holds nothing of the key, is not sealed with a key that everybody has, and
 * opens to the key again. Never rejects.
 */
export async function vaultKey(options: KeyStoreOptions): Promise<FoundKey> {
  try {
    const unsafe = await whyUnsafe(options)
    if (unsafe !== null) return { reason: unsafe }
    const kept = await readKeyFile(options.path)
    return kept === null ? await newKey(options) : await openKey(options, kept)
  } catch {
    // Without its cause, which may repeat what was given to it.
    return { reason: 'the key store of this computer failed' }
  }
}

async function whyUnsafe({ storage, platform }: KeyStoreOptions): Promise<string | null> {
  if ((await storage.isAsyncEncryptionAvailable()) !== true)
    return 'the key store of this computer does not answer'
  if (platform !== 'linux') return null
  const backend = storage.getSelectedStorageBackend?.()
  return realBackends.has(backend) ? null : 'this desktop runs no keyring (GNOME Keyring or KWallet)'
}

async function newKey(options: KeyStoreOptions): Promise<FoundKey> {
  const key = randomBytes(32).toString('base64url')
  return (await sealInto(options, key))
    ? { key }
    : { reason: 'the key store of this computer does not protect what it is given' }
}

async function openKey(options: KeyStoreOptions, sealed: Buffer): Promise<FoundKey> {
  if (isPublic(options.platform, sealed)) return { reason: 'the key on the disk is not protected' }
  const answer = v.safeParse(opened, await options.storage.decryptStringAsync(sealed))
  if (!answer.success) return { reason: 'the key store of this computer does not open what it kept' }
  const { result, shouldReEncrypt } = answer.output
  // The store has a newer key of its own. Where sealing fails the old one still opens.
  if (shouldReEncrypt === true) await sealInto(options, result).catch(() => false)
  return { key: result }
}

async function sealInto({ storage, path, platform }: KeyStoreOptions, key: string): Promise<boolean> {
  const sealed = await storage.encryptStringAsync(key)
  if (!(sealed instanceof Uint8Array) || sealed.length < 16) return false
  const bytes = Buffer.from(sealed)
  if (isPublic(platform, bytes) || shows(bytes, key)) return false
  const again = v.safeParse(opened, await storage.decryptStringAsync(bytes))
  if (!again.success || again.output.result !== key) return false
  await writeKeyFile(path, bytes)
  return true
}

const isPublic = (platform: NodeJS.Platform, sealed: Buffer): boolean =>
  platform === 'linux' && sealed.subarray(0, publicKeyMark.length).equals(publicKeyMark)

/** Whether the key can be read in it, in any form that "sealing" without a key would have. */
function shows(sealed: Buffer, key: string): boolean {
  const raw = Buffer.from(key, 'base64url')
  const backwards = Buffer.from(Array.from(key).reverse().join(''))
  const forms = [
    Buffer.from(key),
    Buffer.from(key, 'utf16le'),
    raw,
    Buffer.from(raw.toString('hex')),
    Buffer.from(Buffer.from(key).toString('hex')),
    Buffer.from(Buffer.from(key).toString('base64').slice(0, 54)),
    backwards,
  ]
  return forms.some((form) => sealed.includes(form))
}

async function readKeyFile(path: string): Promise<Buffer | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const parsed = v.safeParse(keyFile, value)
  return parsed.success ? Buffer.from(parsed.output.sealed, 'base64') : null
}

async function writeKeyFile(path: string, sealed: Buffer): Promise<void> {
  const partial = `${path}.${process.pid}.tmp`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    await writeFile(partial, `${JSON.stringify({ version: 1, sealed: sealed.toString('base64') })}\n`, {
      mode: 0o600,
      flush: true,
    })
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

import { getCiphers, getHashes } from 'node:crypto'
import { createRequire } from 'node:module'
import type { Algorithms } from 'ssh2'

/**
 * What is offered, best first. Left out on purpose: SHA-1 in every place (`ssh-rsa` signatures, hmac-sha1,
 * the sha1 key exchanges), CBC, and
 * compression unless it is asked for. GCM first: it is the fastest with and without native crypto.
 */

const keyExchanges = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group14-sha256',
] as const

export const hostKeyAlgorithms = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const

/** With the names that OpenSSL has for them: BoringSSL, under Electron, lacks some. */
const ciphers = [
  ['aes128-gcm@openssh.com', 'aes-128-gcm'],
  ['aes256-gcm@openssh.com', 'aes-256-gcm'],
  ['chacha20-poly1305@openssh.com', 'chacha20'],
  ['aes128-ctr', 'aes-128-ctr'],
  ['aes192-ctr', 'aes-192-ctr'],
  ['aes256-ctr', 'aes-256-ctr'],
] as const

const macs = [
  ['hmac-sha2-256-etm@openssh.com', 'sha256'],
  ['hmac-sha2-512-etm@openssh.com', 'sha512'],
  ['hmac-sha2-256', 'sha256'],
  ['hmac-sha2-512', 'sha512'],
] as const

type HostKeyAlgorithm = (typeof hostKeyAlgorithms)[number]

/** `preferred` may reorder the host key algorithms and leave some out; it cannot add any. */
export function offeredAlgorithms(
  preferred: readonly string[] = hostKeyAlgorithms,
  compression = false,
): Algorithms {
  const known = new Set(getCiphers())
  const hashes = new Set(getHashes())
  const isOffered = (name: string): name is HostKeyAlgorithm =>
    hostKeyAlgorithms.some((algorithm) => algorithm === name)
  const order = preferred.filter(isOffered)
  return {
    kex: [...keyExchanges],
    serverHostKey: order.length > 0 ? order : [...hostKeyAlgorithms],
    cipher: ciphers.filter(([, name]) => known.has(name)).map(([algorithm]) => algorithm),
    hmac: macs.filter(([, name]) => hashes.has(name)).map(([algorithm]) => algorithm),
    // That variant begins after the sign-in: nothing secret of it is compressed.
    compress: compression ? ['zlib@openssh.com', 'none'] : ['none'],
  }
}

/** Whether the library encrypts with its compiled addon; it does the same without, slower. */
export function cryptoKind(): 'native' | 'fallback' {
  try {
    createRequire(import.meta.url)('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node')
    return 'native'
  } catch {
    return 'fallback'
  }
}

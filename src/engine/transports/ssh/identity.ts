import { timingSafeEqual } from 'node:crypto'
import { fingerprint } from './known-hosts/fingerprint'
import type { HostIdentity } from './options'
import type { SshTarget } from './target'

/** `keyBlob` as the host sent it: a string with its type comes first (RFC 4253, section 6.6). */
export function identityOf(hop: SshTarget, keyBlob: Buffer): HostIdentity {
  const length = keyBlob.length < 4 ? 0 : keyBlob.readUInt32BE(0)
  return {
    hop,
    keyType: keyBlob.toString('latin1', 4, 4 + Math.min(length, 64)),
    keyBlob: new Uint8Array(keyBlob),
    fingerprint: fingerprint(keyBlob),
  }
}

export const sameKey = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other)

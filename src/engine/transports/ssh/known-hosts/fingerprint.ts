import { createHash } from 'node:crypto'

/** As `ssh-keygen -l` prints it: `SHA256:` and the hash of the key's bytes in base64 without padding. */
export function fingerprint(keyBlob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(keyBlob).digest('base64').replace(/=+$/, '')}`
}

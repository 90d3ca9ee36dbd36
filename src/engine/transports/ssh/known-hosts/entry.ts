/** What a line of known_hosts may say beside "this key belongs to this host". */
export type KnownHostMarker = 'revoked' | 'cert-authority'

/** A line of known_hosts that names a key. The format is in sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
export interface KnownHostEntry {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly marker: KnownHostMarker | null
  /** The host field as written: names and patterns with commas between them, or one hashed name. */
  readonly names: string
  /** Set where the name is hashed. */
  readonly hash: HashedName | null
  readonly keyType: string
  readonly keyBlob: Uint8Array
  readonly comment: string
}

/** `|1|salt|digest`: the digest is HMAC-SHA1 of the name, keyed with the salt, in base64. */
export interface HashedName {
  /** 20 bytes. */
  readonly salt: Uint8Array
  readonly digest: string
}

/** A line or a file that could not be used; OpenSSH passes over the same lines silently. */
export interface KnownHostProblem {
  readonly file: string
  /** From 1; null when the whole file could not be read. */
  readonly line: number | null
  readonly message: string
}

export interface KnownHosts {
  readonly entries: readonly KnownHostEntry[]
  readonly problems: readonly KnownHostProblem[]
}

/** An entry as a person is shown it. */
export interface KnownKey {
  readonly file: string
  readonly line: number
  readonly keyType: string
  readonly fingerprint: string
  /** The host field; null where it is hashed. */
  readonly names: string | null
}

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits, base64url (43 characters). */
export const newSecret = (): string => randomBytes(32).toString('base64url')

const secretPattern = /^[A-Za-z0-9_-]{43}$/

/** Only digests are kept: a memory dump or a careless log of the store gives no secret away. */
export const secretDigest = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/**
 * The entry whose secret was given. Takes the same time wherever the match is, and whether there is one:
 * every digest is compared, each in constant time.
 */
export function findBySecret<Entry extends { readonly digest: Buffer }>(
  entries: Iterable<Entry>,
  given: string,
): Entry | undefined {
  if (!secretPattern.test(given)) return undefined
  const digest = secretDigest(given)
  let found: Entry | undefined
  for (const entry of entries) {
    if (timingSafeEqual(entry.digest, digest)) found = entry
  }
  return found
}

export interface OneUseTokensOptions {
  /** Milliseconds. */
  readonly lifetime: number
  /** Issuing more forgets the oldest. */
  readonly capacity: number
  /** Milliseconds that never jump. */
  readonly now: () => number
}

interface IssuedToken {
  readonly digest: Buffer
  readonly expires: number
}

/** Tokens that open a door once, within their lifetime. */
export class OneUseTokens {
  readonly #options: OneUseTokensOptions
  #issued: IssuedToken[] = []

  constructor(options: OneUseTokensOptions) {
    this.#options = options
  }

  issue(): string {
    const { lifetime, capacity, now } = this.#options
    const token = newSecret()
    this.#issued.push({ digest: secretDigest(token), expires: now() + lifetime })
    this.#issued = this.#issued.slice(-capacity)
    return token
  }

  /** True once for each token, and never after its lifetime. */
  redeem(given: string): boolean {
    const now = this.#options.now()
    this.#issued = this.#issued.filter((token) => now < token.expires)
    const found = findBySecret(this.#issued, given)
    if (!found) return false
    this.#issued = this.#issued.filter((token) => token !== found)
    return true
  }
}

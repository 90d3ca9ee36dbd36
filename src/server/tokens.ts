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
  readonly onGone: (() => void) | undefined
}

/** Tokens that open a door once, within their lifetime. */
export class OneUseTokens {
  readonly #options: OneUseTokensOptions
  #issued: IssuedToken[] = []

  constructor(options: OneUseTokensOptions) {
    this.#options = options
  }

  /** `onGone`: once, when it has opened, or is seen to have expired or to be one too many. */
  issue(onGone?: () => void): string {
    const { lifetime, capacity, now } = this.#options
    const token = newSecret()
    this.#issued.push({ digest: secretDigest(token), expires: now() + lifetime, onGone })
    const kept = new Set(this.#issued.slice(-capacity))
    this.#keep((issued) => kept.has(issued))
    return token
  }

  /** True once for each token, and never after its lifetime. */
  redeem(given: string): boolean {
    const now = this.#options.now()
    this.#keep((issued) => now < issued.expires)
    const found = findBySecret(this.#issued, given)
    if (!found) return false
    this.#keep((issued) => issued !== found)
    return true
  }

  #keep(isKept: (issued: IssuedToken) => boolean): void {
    const gone = this.#issued.filter((issued) => !isKept(issued))
    this.#issued = this.#issued.filter(isKept)
    for (const { onGone } of gone) onGone?.()
  }
}

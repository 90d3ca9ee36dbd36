import { findBySecret, newSecret, secretDigest } from '../server/tokens'

/** A tab that was let in. */
export interface Session {
  readonly digest: Buffer
  /** WebSockets it has open. */
  readonly connections: Set<number>
}

/**
 * Sessions of this run of the shell. They live as long as it does, so a tab survives a reload, a sleeping laptop
 * and an engine that dies; when there are too many, the one unused for longest goes.
 */
export class Sessions {
  readonly #most: number
  /** The one unused for longest first. */
  #sessions: Session[] = []

  constructor(most: number) {
    this.#most = most
  }

  get count(): number {
    return this.#sessions.length
  }

  /** Whether a new one could be opened without closing a tab that is in use. */
  get hasRoom(): boolean {
    return this.#sessions.length < this.#most || this.#sessions.some(isIdle)
  }

  /** The value for the tab; null when all sessions are in use. */
  open(): string | null {
    if (!this.hasRoom) return null
    if (this.#sessions.length >= this.#most) {
      const idle = this.#sessions.findIndex(isIdle)
      this.#sessions.splice(idle, 1)
    }
    const secret = newSecret()
    this.#sessions.push({ digest: secretDigest(secret), connections: new Set() })
    return secret
  }

  /** The session of a value, which counts as a use. */
  find(given: string): Session | undefined {
    const found = findBySecret(this.#sessions, given)
    if (found) this.#sessions = [...this.#sessions.filter((session) => session !== found), found]
    return found
  }
}

const isIdle = (session: Session): boolean => session.connections.size === 0

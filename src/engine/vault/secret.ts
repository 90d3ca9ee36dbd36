import { inspect } from 'node:util'
import { DiagnosticError } from '@shared/errors'

const shown = '[secret]'

/**
 * A password or passphrase that shows itself only to who asks for it by `reveal`: not in logs, JSON, messages,
 * templates, errors or structured clones.
 */
export class Secret {
  #bytes: Buffer | null

  constructor(text: string) {
    // Not Buffer.from: its memory is shared with other buffers.
    this.#bytes = Buffer.alloc(Buffer.byteLength(text))
    this.#bytes.write(text)
  }

  /** A secret of UTF-8 bytes, which it takes over: they are zeros once it is wiped. */
  static ofBytes(bytes: Buffer): Secret {
    const secret = new Secret('')
    secret.#bytes = bytes
    return secret
  }

  /** The text itself. Hold it as briefly as can be: JavaScript cannot wipe a string. Throws when it was wiped. */
  reveal(): string {
    return this.#present().toString('utf8')
  }

  /** The UTF-8 bytes, in memory of their own, for the caller to fill with zeros. Throws when it was wiped. */
  revealBytes(): Buffer {
    const bytes = this.#present()
    const copy = Buffer.alloc(bytes.length)
    bytes.copy(copy)
    return copy
  }

  /** In bytes. */
  get size(): number {
    return this.#present().length
  }

  copy(): Secret {
    return Secret.ofBytes(this.revealBytes())
  }

  /** Overwrites it in memory; it cannot be revealed any more. */
  wipe(): void {
    this.#bytes?.fill(0)
    this.#bytes = null
  }

  toString(): string {
    return shown
  }

  toJSON(): string {
    return shown
  }

  [Symbol.toPrimitive](): string {
    return shown
  }

  [inspect.custom](): string {
    return shown
  }

  #present(): Buffer {
    if (this.#bytes === null) throw new DiagnosticError('internal', 'A secret was used after it was wiped.')
    return this.#bytes
  }
}

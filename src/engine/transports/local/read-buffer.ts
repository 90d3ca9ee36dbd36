import { readSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { failure, type Subject } from './failures'

const firstSize = 4_096

export function tooLarge(subject: Subject, maxBytes: number): Error {
  return failure('limit-exceeded', `${subject.doing} failed: it is larger than ${maxBytes} bytes.`, subject)
}

/** A buffer that is used again for each read, and grows to what its files need. */
export class ReadBuffer {
  #bytes = Buffer.allocUnsafeSlow(firstSize)

  /**
   * The whole content from position 0, as a view that is valid until the next call. At most one byte over
   * `maxBytes` is read. A short read does not mean the end (the kernel stops at its own record boundaries):
   * only an empty one does.
   */
  fill(descriptor: number, maxBytes: number, subject: Subject): Uint8Array {
    let filled = 0
    for (;;) {
      if (filled > maxBytes) throw tooLarge(subject, maxBytes)
      if (filled === this.#bytes.length) this.#grow()
      const room = Math.min(this.#bytes.length, maxBytes + 1) - filled
      const count = readSync(descriptor, this.#bytes, filled, room, filled)
      if (count === 0) return this.#bytes.subarray(0, filled)
      filled += count
    }
  }

  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(this.#bytes.length * 2)
    this.#bytes.copy(larger)
    this.#bytes = larger
  }
}

/** The whole content through the thread pool, into a new array; stops between two reads when `ended`. */
export async function readAll(
  handle: FileHandle,
  expected: number,
  maxBytes: number,
  subject: Subject,
  ended: AbortSignal,
): Promise<Uint8Array> {
  if (expected > maxBytes) throw tooLarge(subject, maxBytes)
  let bytes = Buffer.allocUnsafeSlow(Math.min(Math.max(expected, firstSize - 1), maxBytes) + 1)
  let filled = 0
  for (;;) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled)
    ended.throwIfAborted()
    if (bytesRead === 0) return bytes.subarray(0, filled)
    filled += bytesRead
    if (filled > maxBytes) throw tooLarge(subject, maxBytes)
    if (filled === bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(bytes.length * 2, maxBytes + 1))
      bytes.copy(larger)
      bytes = larger
    }
  }
}

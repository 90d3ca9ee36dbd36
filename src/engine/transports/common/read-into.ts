import type { ReadAtOptions } from '../transport'

/** An array of that length for the bytes of a read: the caller's own where it is large enough. */
export function arrayFor(length: number, options: ReadAtOptions | undefined): Buffer {
  const into = options?.into
  return into !== undefined && into.length >= length
    ? Buffer.from(into.buffer, into.byteOffset, length)
    : Buffer.allocUnsafeSlow(length)
}

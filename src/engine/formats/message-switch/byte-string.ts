/**
 * A string whose characters are bytes (0 to 255). The switch cuts strings between the bytes of a character, so what
 * it prints need not be UTF-8; a byte string keeps such text as it is, and costs one byte a character.
 */
export type ByteString = string

const ascii = /^[\0-\x7f]*$/
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const strictUtf8 = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true })

export function toByteString(bytes: Uint8Array): ByteString {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

export const fromByteString = (bytes: ByteString): Buffer => Buffer.from(bytes, 'latin1')

/** UTF-8; what is not UTF-8 becomes U+FFFD. */
export function decodeByteString(bytes: ByteString): string {
  return ascii.test(bytes) ? bytes : utf8.decode(fromByteString(bytes))
}

export function encodeByteString(text: string): ByteString {
  return ascii.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

export function isUtf8(bytes: ByteString): boolean {
  if (ascii.test(bytes)) return true
  try {
    strictUtf8.decode(fromByteString(bytes))
    return true
  } catch {
    return false
  }
}

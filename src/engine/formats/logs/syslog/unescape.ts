import { textOf } from '../bytes'

/**
 * A message of xapi as it was before printing: it escapes the backslash as `\\` and every byte that is not printable
 * ASCII as `\xHH` (Astring's Ascii.escape), so `caf\xC3\xA9` is `café`. For reading only: rows, filters and copies
 * keep what the file says.
 */
export function unescapeXapi(message: string): string {
  return message.replace(/(?:\\x[0-9A-Fa-f]{2})+|\\\\/g, (escape) =>
    escape === '\\\\' ? '\\' : textOf(Uint8Array.from(escape.match(/[0-9A-Fa-f]{2}/g) ?? [], hexadecimal)),
  )
}

const hexadecimal = (digits: string): number => parseInt(digits, 16)

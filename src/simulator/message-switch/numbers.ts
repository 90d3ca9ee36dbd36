/** Numbers as OCaml's `Int64.of_string` and `float_of_string` spell them; null where they refuse. */

const integer = /^([+-]?)(0[xX]|0[oO]|0[bB]|0[uU])?(\w+)$/
const prefixes: ReadonlyMap<string, { digits: RegExp; prefix: string }> = new Map([
  ['0x', { digits: /^[\da-f][\da-f_]*$/i, prefix: '0x' }],
  ['0o', { digits: /^[0-7][0-7_]*$/, prefix: '0o' }],
  ['0b', { digits: /^[01][01_]*$/, prefix: '0b' }],
  ['0u', { digits: /^\d[\d_]*$/, prefix: '' }],
])
const decimal = /^\d[\d_]*$/

export function parseInt64(text: string): bigint | null {
  const [, sign = '', marker, digits = ''] = integer.exec(text) ?? []
  const base = marker === undefined ? null : prefixes.get(marker.toLowerCase())
  if (!(base?.digits ?? decimal).test(digits)) return null
  const magnitude = BigInt((base?.prefix ?? '') + digits.replaceAll('_', ''))
  // With a prefix all 64 bits may be given, and wrap; decimals must fit.
  if (base !== null && base !== undefined) {
    if (magnitude >= 1n << 64n) return null
    return BigInt.asIntN(64, sign === '-' ? -magnitude : magnitude)
  }
  const value = sign === '-' ? -magnitude : magnitude
  return BigInt.asIntN(64, value) === value ? value : null
}

const decimalFloat = /^[+-]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][+-]?\d[\d_]*)?$/
const hexFloat = /^([+-]?)0[xX]([\da-fA-F_]*)(?:\.([\da-fA-F_]*))?(?:[pP]([+-]?\d+))?$/

/** May be NaN or Infinity where they were asked for. */
export function parseOcamlFloat(text: string): number | null {
  if (/^[+-]?nan$/i.test(text)) return NaN
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (decimalFloat.test(text)) return Number(text.replaceAll('_', ''))
  const [, sign = '', whole = '', fraction = '', power = '0'] = hexFloat.exec(text) ?? []
  const digits = (whole + fraction).replaceAll('_', '')
  if (digits === '') return null
  const value = Number(`0x${digits}`) * 2 ** (Number(power) - 4 * fraction.replaceAll('_', '').length)
  return sign === '-' ? -value : value
}

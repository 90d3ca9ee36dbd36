import type { ByteString } from './byte-string'

/** JSON as the switch prints it (Yojson, `std` off): no spaces, only what must be escaped is escaped. */

const escaped = /["\\\0-\x1f\x7f]/
const eachEscaped = /["\\\0-\x1f\x7f]/g
const shortEscapes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '"': '\\"',
    '\\': '\\\\',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\b': '\\b',
    '\f': '\\f',
  }),
)

/** With its quotes. DEL is escaped, `/` and everything over 127 are not. */
export function printString(text: ByteString): ByteString {
  return escaped.test(text) ? `"${text.replace(eachEscaped, escapeCharacter)}"` : `"${text}"`
}

const escapeCharacter = (character: string): string =>
  shortEscapes.get(character) ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** OCaml's `%.16g`, or `%.17g` where that would lose something; always recognisable as a float: `1000.0`, `1e+300`. */
export function printFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  const short = general(value, 16)
  const text = Number(short) === value ? short : general(value, 17)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

/** C's `%.<precision>g`. */
function general(value: number, precision: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa = '', power = '0'] = value.toExponential(precision - 1).split('e')
  const exponent = Number(power)
  if (exponent < -4 || exponent >= precision) {
    const sign = exponent < 0 ? '-' : '+'
    return `${trimZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  return trimZeros(value.toFixed(Math.max(0, precision - 1 - exponent)))
}

const trimZeros = (digits: string): string => (digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits)

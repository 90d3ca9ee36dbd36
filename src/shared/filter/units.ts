const second = 1_000
const minute = 60 * second
const hour = 60 * minute
export const day = 24 * hour

/** Milliseconds in a unit of time. */
const durations = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', second],
  ['m', minute],
  ['min', minute],
  ['h', hour],
  ['d', day],
  ['w', 7 * day],
])

/** Bytes in a unit of size, in lower case: KiB and a bare K are 1024, kB is 1000. */
const sizes = new Map([
  ['b', 1],
  ...['k', 'm', 'g', 't', 'p'].flatMap((prefix, index): [string, number][] => [
    [prefix, 1024 ** (index + 1)],
    [`${prefix}i`, 1024 ** (index + 1)],
    [`${prefix}ib`, 1024 ** (index + 1)],
    [`${prefix}b`, 1000 ** (index + 1)],
  ]),
])

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i
const hexadecimal = /^0x[\da-f]{1,13}$/i

/** A plain number, a hexadecimal one, or per cent as a ratio. */
export function readNumber(text: string): number | undefined {
  if (text.endsWith('%')) {
    const percent = readNumber(text.slice(0, -1))
    return percent === undefined ? undefined : percent / 100
  }
  if (!decimal.test(text) && !hexadecimal.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

const durationPart = /(\d+(?:\.\d*)?|\.\d+)\s*([a-zµμ]+)\s*/y

/** Milliseconds of `500ms`, `2s`, `1h30m`, `-5m`, or a lone 0; a number without unit is none. */
export function readDuration(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1
  const body = /^[+-]/.test(text) ? text.slice(1) : text
  if (/^0+(?:\.0*)?$/.test(body)) return 0
  if (body === '' || body.length > 64) return undefined
  let total = 0
  durationPart.lastIndex = 0
  while (durationPart.lastIndex < body.length) {
    const [, amount, unit] = durationPart.exec(body) ?? []
    const factor = durations.get(unit ?? '')
    if (factor === undefined) return undefined
    total += Number(amount) * factor
  }
  return sign * total
}

/** Bytes of `10KiB`, `1.5MiB`, `64k`, `512`. */
export function readSize(text: string): number | undefined {
  const [, amount, unit] = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))\s*([a-z]*)$/i.exec(text) ?? []
  if (amount === undefined) return undefined
  const factor = unit === '' ? 1 : sizes.get(unit?.toLowerCase() ?? '')
  return factor === undefined ? undefined : Number(amount) * factor
}

/** A set of code points: sorted, disjoint ranges as a flat list low, high, low, high (both ends belong to it). */
export type CharSet = readonly number[]

export const lastCodePoint = 0x10ffff
export const noChars: CharSet = []

const pairs = (set: CharSet): [number, number][] =>
  Array.from({ length: set.length / 2 }, (_, index) => [set[2 * index] ?? 0, set[2 * index + 1] ?? 0])

/** Sorts and joins ranges that touch. */
export function charSet(ranges: readonly (readonly [number, number])[]): CharSet {
  const flat: number[] = []
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const end = flat.at(-1)
    if (end !== undefined && low <= end + 1) flat[flat.length - 1] = Math.max(end, high)
    else flat.push(low, high)
  }
  return flat
}

export const union = (...sets: readonly CharSet[]): CharSet => charSet(sets.flatMap(pairs))

export function complement(set: CharSet): CharSet {
  const flat: number[] = []
  let next = 0
  for (const [low, high] of pairs(set)) {
    if (low > next) flat.push(next, low - 1)
    next = high + 1
  }
  if (next <= lastCodePoint) flat.push(next, lastCodePoint)
  return flat
}

export function intersects(a: CharSet, b: CharSet): boolean {
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if ((a[i + 1] ?? 0) < (b[j] ?? 0)) i += 2
    else if ((b[j + 1] ?? 0) < (a[i] ?? 0)) j += 2
    else return true
  }
  return false
}

export const includes = (set: CharSet, codePoint: number): boolean => intersects(set, [codePoint, codePoint])

/** The other case of a character, if it is one character on the same side of ASCII. */
function otherCases(codePoint: number): number[] {
  const char = String.fromCodePoint(codePoint)
  const upper = char.toUpperCase()
  return [char.toLowerCase(), upper, upper.toLowerCase()].flatMap((text) => {
    const code = text.codePointAt(0) ?? codePoint
    return String.fromCodePoint(code) === text && code < 0x80 === codePoint < 0x80 ? [code] : []
  })
}

/** Ranges of more characters than this, outside ASCII, hold both cases already in any sensible pattern. */
const enumerable = 2_048

/** The set with the other case of each of its characters; a letter of ASCII never folds to one outside. */
export function foldSet(set: CharSet): CharSet {
  const added: [number, number][] = []
  for (const [low, high] of pairs(set)) {
    for (let code = low; code <= Math.min(high, 0x7f); code++) {
      for (const other of otherCases(code)) added.push([other, other])
    }
    const first = Math.max(low, 0x80)
    if (high - first >= enumerable) continue
    for (let code = first; code <= high; code++)
      for (const other of otherCases(code)) added.push([other, other])
  }
  return charSet([...pairs(set), ...added])
}

const single = (text: string): [number, number][] =>
  Array.from(text, (char) => [char.codePointAt(0) ?? 0, char.codePointAt(0) ?? 0])

export const digits: CharSet = [0x30, 0x39]
export const wordChars: CharSet = charSet([[0x30, 0x39], [0x41, 0x5a], [0x61, 0x7a], ...single('_')])
export const blanks: CharSet = charSet([
  ...single('\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff'),
  [0x2000, 0x200a],
])
export const notNewline: CharSet = complement([0x0a, 0x0a])

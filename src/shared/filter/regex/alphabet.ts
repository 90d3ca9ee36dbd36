import { includes, wordChars, type CharSet } from './charset'

/** Characters that no set of a pattern tells apart are one symbol. */
export interface Alphabet {
  readonly size: number
  /** Symbol of each code unit below 256. */
  readonly low: Uint16Array
  symbolOf(codePoint: number): number
  /** `holds[set * size + symbol]` is 1 if the set has the symbol. */
  readonly holds: Uint8Array
  readonly isWord: Uint8Array
}

export function alphabetOf(sets: readonly CharSet[], looksAtWords: boolean): Alphabet {
  const all = looksAtWords ? [...sets, wordChars] : sets
  const edges = new Set([0])
  for (const set of all) set.forEach((value, index) => edges.add(index % 2 === 0 ? value : value + 1))
  const bounds = Uint32Array.from(edges).sort()
  const symbols = new Map<string, number>()
  const members: string[] = []
  const symbolAt = Uint16Array.from(bounds, (bound) => {
    const key = all.map((set) => (includes(set, bound) ? '1' : '0')).join('')
    const known = symbols.get(key)
    if (known !== undefined) return known
    symbols.set(key, symbols.size)
    return members.push(key) - 1
  })
  const symbolOf = (codePoint: number): number => {
    let first = 0
    let last = bounds.length - 1
    while (first < last) {
      const middle = (first + last + 1) >> 1
      if ((bounds[middle] ?? 0) <= codePoint) first = middle
      else last = middle - 1
    }
    return symbolAt[first] ?? 0
  }
  const size = members.length
  return {
    size,
    symbolOf,
    low: Uint16Array.from({ length: 256 }, (_, code) => symbolOf(code)),
    holds: Uint8Array.from(sets.flatMap((_, set) => members.map((key) => Number(key[set])))),
    isWord: Uint8Array.from(members, (key) => (looksAtWords ? Number(key.at(-1)) : 0)),
  }
}

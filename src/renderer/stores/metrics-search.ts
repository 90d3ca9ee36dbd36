/** Finding metrics by a few letters: words apart, in any order, each as it is or with letters left out. */

/** Half-open: start and end in the text. */
export type Span = readonly [number, number]

export interface FuzzyHit {
  /** Higher is better; a hit as it is has more than any with letters left out. */
  readonly score: number
  readonly spans: readonly Span[]
}

const mostWords = 8
/** Letters left out are few: `usge` is `usage`, and not any text that has the four somewhere. */
const widest = 2
const shortestFuzzy = 3

/** Lower case of the same length, so that places in it are places in the text. */
export function fold(text: string): string {
  const low = text.toLowerCase()
  // A few letters get longer: these stay as they are.
  return low.length === text.length ? low : text.replace(/./gsu, foldLetter)
}

function foldLetter(letter: string): string {
  const low = letter.toLowerCase()
  return low.length === letter.length ? low : letter
}

/** What is looked for, folded. */
export const searchWords = (query: string): string[] =>
  fold(query.slice(0, 256))
    .split(/\s+/u)
    .filter((word) => word !== '')
    .slice(0, mostWords)

const startsWord = (text: string, at: number): boolean =>
  at === 0 || /[^\p{L}\p{N}]/u.test(text.charAt(at - 1))

/** `text` and `word` are folded. */
export function findExact(text: string, word: string): FuzzyHit | null {
  const first = text.indexOf(word)
  if (first < 0) return null
  let at = first
  while (at >= 0 && !startsWord(text, at)) at = text.indexOf(word, at + 1)
  const start = at < 0 ? first : at
  const whole = text.length === word.length ? 40 : 0
  return {
    score: 100 + (at < 0 ? 0 : 40) + whole - Math.min(20, start),
    spans: [[start, start + word.length]],
  }
}

/** `text` and `word` are folded. */
export function findFuzzy(text: string, word: string): FuzzyHit | null {
  const exact = findExact(text, word)
  if (exact || word.length < shortestFuzzy) return exact
  const end = endOfSubsequence(text, word)
  if (end < 0) return null
  const places = lastPlaces(text, word, end)
  const first = places[0] ?? 0
  const length = end - first
  if (length > word.length * widest) return null
  const bonus = startsWord(text, first) ? 10 : 0
  return { score: Math.max(1, 60 + bonus - 5 * (length - word.length)), spans: joined(places) }
}

/** Behind the first place where all letters have come in their order; -1 where they do not. */
function endOfSubsequence(text: string, word: string): number {
  let at = 0
  for (const letter of word) {
    const found = text.indexOf(letter, at)
    if (found < 0) return -1
    at = found + letter.length
  }
  return at
}

/** The places of the letters, as close to the end as they can be. */
function lastPlaces(text: string, word: string, end: number): number[] {
  const places: number[] = []
  let at = end
  for (let letter = word.length - 1; letter >= 0; letter--) {
    at = text.lastIndexOf(word.charAt(letter), at - 1)
    places.unshift(at)
  }
  return places
}

function joined(places: readonly number[]): Span[] {
  const spans: Span[] = []
  for (const place of places) {
    const last = spans.at(-1)
    if (last?.[1] === place) spans[spans.length - 1] = [last[0], place + 1]
    else spans.push([place, place + 1])
  }
  return spans
}

export interface Segment {
  readonly text: string
  readonly hit: boolean
}

/** The text in pieces that are hits and pieces between them. */
export function highlight(text: string, words: readonly string[]): Segment[] {
  const folded = fold(text)
  const marks = new Uint8Array(text.length)
  for (const word of words)
    for (const [start, end] of findFuzzy(folded, word)?.spans ?? []) marks.fill(1, start, end)
  const segments: Segment[] = []
  for (let start = 0, at = 1; at <= text.length; at++) {
    if (at < text.length && marks[at] === marks[start]) continue
    segments.push({ text: text.slice(start, at), hit: marks[start] === 1 })
    start = at
  }
  return segments
}

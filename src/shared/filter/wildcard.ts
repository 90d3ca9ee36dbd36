import { fold } from './fold'

/** Tests texts against folded pieces between stars, anchored at both ends; linear in the text. */
export function wildcardTest(pieces: readonly string[]): (text: string) => boolean {
  const [first = '', ...rest] = pieces
  const last = rest.pop()
  if (last === undefined) return (text) => fold(text) === first
  const shortest = first.length + last.length
  // Folding keeps the length, so only the two ends need it.
  const ends = (text: string): boolean =>
    text.length >= shortest &&
    fold(text.slice(0, first.length)) === first &&
    fold(text.slice(text.length - last.length)) === last
  if (rest.length === 0) return ends
  return (text) => {
    if (!ends(text)) return false
    const folded = fold(text)
    let at = first.length
    for (const piece of rest) {
      const found = folded.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
    }
    return at <= text.length - last.length
  }
}

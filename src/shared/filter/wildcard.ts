import { fold, literalPattern } from './fold'

/** Tests texts against pieces between stars, anchored at both ends, without regard to case; linear in the text. */
export function wildcardTest(pieces: readonly string[]): (text: string) => boolean {
  const [first = '', ...rest] = pieces
  const last = rest.pop()
  if (last === undefined) return (text) => text.length === first.length && fold(text) === fold(first)
  const begins = first === '' ? null : literalPattern(first, '^')
  const ends = last === '' ? null : literalPattern(last, '^')
  const shortest = first.length + last.length
  const fits = (text: string): boolean =>
    text.length >= shortest &&
    (begins?.test(text) ?? true) &&
    // Cut first: an expression that is anchored at the end is tried at every place.
    (ends?.test(text.slice(text.length - last.length)) ?? true)
  if (rest.length === 0) return fits
  const folded = rest.map(fold)
  return (text) => fits(text) && holdsInOrder(fold(text), folded, first.length, text.length - last.length)
}

/** Are the pieces in text[from, to), one after another? The first place for each leaves the most for the next. */
function holdsInOrder(text: string, pieces: readonly string[], from: number, to: number): boolean {
  let at = from
  for (const piece of pieces) {
    const found = text.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return at <= to
}

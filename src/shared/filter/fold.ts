/**
 * Case folding of the language: that of ECMAScript's `RegExp` with `i` and without `u`, one UTF-16 unit at a time.
 * An ASCII letter equals its two forms only, never a letter outside ASCII (no Kelvin sign for k, no long s for s),
 * so an ASCII literal may be searched in UTF-8 bytes.
 */
export function foldUnit(unit: number): number {
  if (unit < 0x80) return unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit
  const upper = String.fromCharCode(unit).toUpperCase()
  if (upper.length !== 1) return unit
  const code = upper.charCodeAt(0)
  return code < 0x80 ? unit : code
}

const ascii = /^[\0-\x7f]*$/

/** Two texts are equal without regard to case if their folded forms are equal. */
export function fold(text: string): string {
  if (ascii.test(text)) return text.toLowerCase()
  let folded = ''
  for (let index = 0; index < text.length; index++)
    folded += String.fromCharCode(foldUnit(text.charCodeAt(index)))
  return folded
}

/** A native expression that finds a literal without regard to case, as `fold` does; `anchor` may be `^`. */
export function literalPattern(literal: string, anchor: '' | '^' = ''): RegExp {
  return new RegExp(anchor + literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'i')
}

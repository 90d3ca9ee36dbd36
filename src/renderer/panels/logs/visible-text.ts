/**
 * Text of a host as it is safe and honest to show: no character acts on the page or hides another. Escape
 * sequences that set colours are read elsewhere; all others stay, made visible.
 */

const names: Readonly<Record<string, string>> = {
  '\u00ad': '⟨SHY⟩',
  '\u061c': '⟨ALM⟩',
  '\u200b': '⟨ZWSP⟩',
  '\u200e': '⟨LRM⟩',
  '\u200f': '⟨RLM⟩',
  '\u2028': '⟨LS⟩',
  '\u2029': '⟨PS⟩',
  '\u202a': '⟨LRE⟩',
  '\u202b': '⟨RLE⟩',
  '\u202c': '⟨PDF⟩',
  '\u202d': '⟨LRO⟩',
  '\u202e': '⟨RLO⟩',
  '\u2060': '⟨WJ⟩',
  '\u2066': '⟨LRI⟩',
  '\u2067': '⟨RLI⟩',
  '\u2068': '⟨FSI⟩',
  '\u2069': '⟨PDI⟩',
  '\ufeff': '⟨BOM⟩',
}

/** Controls but tab and line feed, marks of direction, invisible characters, tags, lone surrogates. */
const hidden =
  // eslint-disable-next-line no-control-regex -- control characters are what it is for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu

function symbolOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return names[character] ?? `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}

export const visibleText = (text: string): string => text.replace(hidden, symbolOf)

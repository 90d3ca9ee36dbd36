/**
 * Text of a host as it is safe and honest to show: no character acts on the page or hides another. Escape
 * sequences that set colours are read elsewhere; all others stay, made visible.
 */

/** ASCII's own names, by their code. Unicode's pictures of them are missing in most fonts. */
const controls = (
  'NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC ' +
  'FS GS RS US'
).split(' ')

const names: Readonly<Record<string, string>> = {
  '\u007f': '⟨DEL⟩',
  '\u009b': '⟨CSI⟩',
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
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu

function symbolOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const control = controls[code]
  if (control !== undefined) return `⟨${control}⟩`
  return names[character] ?? `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}

export const visibleText = (text: string): string => text.replace(hidden, symbolOf)

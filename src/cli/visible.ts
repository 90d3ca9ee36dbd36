/** ASCII's own names of its controls, by their code. */
const controls = (
  'NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC ' +
  'FS GS RS US'
).split(' ')

/** Controls but the tab, what is invisible or turns the direction of writing, and halves of characters. */
const hidden = /[^\P{Cc}\t]|[\p{Cf}\u2028\u2029]|\p{Surrogate}/gu

function symbolOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return `⟨${controls[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`}⟩`
}

/** One line of a host's text for a terminal: nothing in it acts on the terminal, and nothing is hidden. */
export const visible = (text: string): string => text.replace(hidden, symbolOf).replaceAll('\u00a0', ' ')

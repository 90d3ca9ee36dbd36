import { visibleText } from './visible-text'

/** A run of text with one look. */
export interface StyledText {
  readonly text: string
  /** Class names, from a fixed list; none for plain text. */
  readonly style: string
}

interface Pen {
  /** 0 to 15; null is the text's own. */
  ink: number | null
  ground: number | null
  bold: boolean
  faint: boolean
  italic: boolean
  underline: boolean
  inverse: boolean
}

const plainPen: Pen = {
  ink: null,
  ground: null,
  bold: false,
  faint: false,
  italic: false,
  underline: false,
  inverse: false,
}

/** Select Graphic Rendition, with the parameters of ECMA-48 and their usual extensions. */

const colourSequence = /(?:\u001b\[|\u009b)([\d;:]{0,64})m/g

/**
 * Colours of terminals as runs of text. Only the palette's 16 colours exist, so that no host can write in the
 * colour of the background; finer ones become the nearest of them. Other sequences stay as visible text.
 */
export function readAnsi(text: string): StyledText[] {
  if (!text.includes('\u001b[') && !text.includes('\u009b')) {
    return text === '' ? [] : [{ text: visibleText(text), style: '' }]
  }
  const runs: StyledText[] = []
  const pen = { ...plainPen }
  let from = 0
  const push = (end: number): void => {
    if (end > from) runs.push({ text: visibleText(text.slice(from, end)), style: styleOf(pen) })
  }
  for (const match of text.matchAll(colourSequence)) {
    push(match.index)
    from = match.index + match[0].length
    apply(pen, (match[1] ?? '').split(/[;:]/).map(Number))
  }
  push(text.length)
  return runs
}

function styleOf({ ink, ground, bold, faint, italic, underline, inverse }: Pen): string {
  const names: string[] = []
  const [front, back] = inverse ? [ground, ink ?? 7] : [ink, ground]
  // On a coloured ground the text keeps its own colour: two colours of a host need not differ.
  if (back !== null) names.push(`ansi-on-${back % 8}`)
  else if (front !== null) names.push(`ansi-${front % 8}`)
  if (bold) names.push('ansi-bold')
  if (faint) names.push('ansi-faint')
  if (italic) names.push('ansi-italic')
  if (underline) names.push('ansi-underline')
  return names.join(' ')
}

function apply(pen: Pen, codes: readonly number[]): void {
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0
    if (code === 38 || code === 48) {
      const { color, used } = extended(codes, at + 1)
      if (code === 38) pen.ink = color
      else pen.ground = color
      at += used
    } else applyOne(pen, code)
  }
}

function applyOne(pen: Pen, code: number): void {
  if (code === 0) Object.assign(pen, plainPen)
  else if (code === 1) pen.bold = true
  else if (code === 2) pen.faint = true
  else if (code === 3) pen.italic = true
  else if (code === 4) pen.underline = true
  else if (code === 7) pen.inverse = true
  else if (code === 22) pen.bold = pen.faint = false
  else if (code === 23) pen.italic = false
  else if (code === 24) pen.underline = false
  else if (code === 27) pen.inverse = false
  else applyColour(pen, code)
}

function applyColour(pen: Pen, code: number): void {
  if (code === 39) pen.ink = null
  else if (code === 49) pen.ground = null
  else if (code >= 30 && code <= 37) pen.ink = code - 30
  else if (code >= 90 && code <= 97) pen.ink = code - 82
  else if (code >= 40 && code <= 47) pen.ground = code - 40
  else if (code >= 100 && code <= 107) pen.ground = code - 92
}

/** What follows 38 and 48: `5;n` of 256 colours, `2;r;g;b`. */
function extended(codes: readonly number[], at: number): { color: number | null; used: number } {
  const [kind, one = 0, two = 0, three = 0] = codes.slice(at, at + 4)
  if (kind === 2) return { color: nearest(one, two, three), used: 4 }
  if (kind !== 5) return { color: null, used: 0 }
  if (one < 16) return { color: one, used: 2 }
  if (one >= 232) return { color: one < 244 ? 0 : 7, used: 2 }
  const cube = one - 16
  return {
    color: nearest(Math.floor(cube / 36) * 51, (Math.floor(cube / 6) % 6) * 51, (cube % 6) * 51),
    used: 2,
  }
}

/** Of the eight basic colours, by which of red, green and blue are strong. */
function nearest(red: number, green: number, blue: number): number {
  const most = Math.max(red, green, blue)
  const strong = (part: number): number => (most > 0 && part * 1.6 >= most ? 1 : 0)
  return strong(red) + 2 * strong(green) + 4 * strong(blue)
}

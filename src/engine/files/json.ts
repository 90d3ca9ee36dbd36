import { DiagnosticError } from '@shared/errors'

export type JsonObject = Readonly<Record<string, unknown>>

const deepest = 64

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * JSON of a file. Throws `bad-data` for anything else, and for what is nested deeper than 64; the message says
 * where, and repeats nothing of the content.
 */
export function parseJson(content: Uint8Array): unknown {
  const text = decode(content)
  if (nesting(text) > deepest) {
    throw new DiagnosticError('bad-data', `It is nested deeper than ${deepest}.`)
  }
  try {
    return JSON.parse(text)
  } catch (thrown) {
    throw new DiagnosticError('bad-data', `It is not valid JSON${placeOf(thrown, text)}.`)
  }
}

function decode(content: Uint8Array): string {
  try {
    // Drops a byte order mark, as some editors on Windows write it.
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    throw new DiagnosticError('bad-data', 'It is not UTF-8 text.')
  }
}

/** The parser's message itself may quote the text. */
function placeOf(thrown: unknown, text: string): string {
  const position = thrown instanceof Error ? /at position (\d+)/.exec(thrown.message)?.[1] : undefined
  if (position === undefined) return ''
  const lines = text.slice(0, Number(position)).split('\n')
  return ` (line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1})`
}

/** Of brackets outside of strings; right for whatever is JSON, and enough for what is not. */
function nesting(text: string): number {
  let depth = 0
  let most = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (quoted) {
      if (character === '\\') at++
      else if (character === '"') quoted = false
    } else if (character === '"') quoted = true
    else if (character === '[' || character === '{') most = Math.max(most, ++depth)
    else if (character === ']' || character === '}') depth--
  }
  return most
}

import { DiagnosticError } from '@shared/errors'

const quote = 0x22
const backslash = 0x5c
/** `{"sysstat": {"hosts": [{"statistics": [{`: the sixth bracket opens an element. */
const elementDepth = 6
/** A name in front of an array, with blanks: far more than any that sadf writes. */
const longestName = 256

/**
 * Takes the JSON of `sadf -j` in pieces and hands over each element of its arrays (`statistics`, `restarts`, ...) as
 * text, so that a day is never parsed in one go. What lies around the elements is dropped.
 */
export class JsonElements {
  readonly #onElement: (section: string, text: string) => void
  readonly #longest: number
  #depth = 0
  #inString = false
  #isEscaped = false
  #section = ''
  /** The end of what was seen outside of elements. */
  #before = ''
  /** Of an element that goes on in the next piece. */
  #element = ''
  #hasBegun = false

  /** `longest` is the most characters that one element may have. */
  constructor(onElement: (section: string, text: string) => void, longest = 8 * 2 ** 20) {
    this.#onElement = onElement
    this.#longest = longest
  }

  push(text: string): void {
    let start = 0
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (this.#inString) this.#withinString(code)
      else if (code === quote) this.#inString = true
      // "{" and "[" differ from "}" and "]" by 2; "[" | 0x20 is "{".
      else if ((code | 0x20) === 0x7b) start = this.#opened(text, start, at)
      else if ((code | 0x20) === 0x7d) start = this.#closed(text, start, at)
    }
    this.#rest(text.slice(start))
  }

  /** Throws `bad-data` where the JSON is not complete. */
  finish(): void {
    if (!this.#hasBegun) throw new DiagnosticError('bad-data', 'sadf printed no JSON.')
    if (this.#depth > 0 || this.#inString)
      throw new DiagnosticError('bad-data', 'The JSON ends in the middle.')
  }

  #withinString(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (code === backslash) this.#isEscaped = true
    else if (code === quote) this.#inString = false
  }

  #opened(text: string, start: number, at: number): number {
    this.#hasBegun = true
    this.#depth++
    if (this.#depth === elementDepth - 1) {
      this.#section = nameBefore(this.#before + text.slice(start, at))
      return start
    }
    if (this.#depth !== elementDepth) return start
    this.#before = ''
    return at
  }

  #closed(text: string, start: number, at: number): number {
    this.#depth--
    if (this.#depth < 0) throw new DiagnosticError('bad-data', 'The JSON has a bracket too many.')
    if (this.#depth !== elementDepth - 1) return start
    const element = this.#element + text.slice(start, at + 1)
    this.#element = ''
    this.#onElement(this.#section, element)
    return at + 1
  }

  #rest(text: string): void {
    if (this.#depth < elementDepth) {
      this.#before = (this.#before + text).slice(-longestName)
      return
    }
    this.#element += text
    if (this.#element.length > this.#longest) {
      throw new DiagnosticError('limit-exceeded', `A record has more than ${this.#longest} characters.`)
    }
  }
}

/** Of the array that opens behind the text. */
function nameBefore(text: string): string {
  return /"([^"]*)"\s*:\s*$/.exec(text.slice(-longestName))?.[1] ?? ''
}

/** Numbers that sadf could not make: printf's, which JSON does not have. */
const notANumber = /(:\s*)-?(?:nan|inf(?:inity)?)(?=\s*[,}\]])/gi

/** Null where it is no JSON. */
export function parseElement(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    try {
      return JSON.parse(text.replaceAll(notANumber, '$1null'))
    } catch {
      return null
    }
  }
}

import { walkJson, type JsonHandler } from '@shared/json/json-walk'
import { parseDebugArgument } from './debug-argument'
import type { Call, Reply } from './payload-model'

/** What can be said of a JSON payload that is too deep to be taken apart. Null where it is no call and no reply. */
export function outlineOf(text: string): Call | Reply | null {
  const outline = new Outline()
  const result = walkJson(text, outline, { maxDepth: Infinity, escape: String.fromCodePoint })
  if (result !== 'json') return null
  const { method, task, answers, failed } = outline
  if (method !== null) {
    const debug = task === null ? null : parseDebugArgument(task)
    return { type: 'call', form: 'json-rpc', method, named: null, positional: [], debug, tree: null }
  }
  return answers ? { type: 'reply', form: 'json-rpc', failed, value: null, tree: null } : null
}

/** The members of the outermost object, and the first argument where that is a text. */
class Outline implements JsonHandler {
  method: string | null = null
  task: string | null = null
  answers = false
  failed = false
  #depth = 0
  #key = ''
  #isFirst = false

  begin(container: 'object' | 'list'): void {
    if (this.#depth === 1) this.#member(true)
    this.#isFirst = this.#depth === 1 && this.#key === 'params' && container === 'list'
    this.#depth++
  }

  end(): void {
    this.#isFirst = false
    this.#depth--
  }

  key(text: string): void {
    if (this.#depth === 1) this.#key = text
  }

  string(text: string): void {
    if (this.#depth === 1) {
      if (this.#key === 'method') this.method ??= text
      this.#member(true)
    } else if (this.#depth === 2 && this.#isFirst) this.task = text
    this.#isFirst = false
  }

  number(): void {
    this.#isFirst = false
    if (this.#depth === 1) this.#member(true)
  }

  literal(value: boolean | null): void {
    this.#isFirst = false
    if (this.#depth === 1) this.#member(value !== null)
  }

  #member(there: boolean): void {
    if (this.#key === 'result' || this.#key === 'error') this.answers = true
    if (this.#key === 'error' && there) this.failed = true
  }
}

import type { MessageContent } from '../message-sink'

/** Characters of payloads that are kept whole. */
const limit = 8_000_000

/** Payloads that the trace of the bus had cut and that were found whole in a queue, the newest of them. */
export class WholePayloads {
  readonly #contents = new Map<string, MessageContent>()
  #held = 0

  find(message: string): MessageContent | null {
    return this.#contents.get(message) ?? null
  }

  keep(message: string, content: MessageContent): void {
    if (content.text.length > limit || this.#contents.has(message)) return
    this.#contents.set(message, content)
    this.#held += content.text.length
    for (const [oldest, { text }] of this.#contents) {
      if (this.#held <= limit) break
      this.#contents.delete(oldest)
      this.#held -= text.length
    }
  }
}

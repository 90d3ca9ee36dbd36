const kept = 64 * 1024

/** The last 64 KiB of what a command complained about. */
export class StderrTail {
  readonly #chunks: Buffer[] = []
  #length = 0

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    for (;;) {
      const first = this.#chunks[0]
      if (first === undefined || this.#length - first.length < kept) return
      this.#length -= first.length
      this.#chunks.shift()
    }
  }

  text(): string {
    const bytes = Buffer.concat(this.#chunks).subarray(-kept)
    let start = 0
    // The cut may fall inside a character: skip what is left of it (UTF-8 continuation bytes).
    while (this.#length > kept && start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1
    return bytes.toString('utf8', start)
  }
}

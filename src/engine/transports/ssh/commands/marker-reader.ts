/** Longest noise of start files that is read past. */
const mostNoise = 1024 * 1024

export interface ProcessIds {
  readonly pid: number
  /** What `kill` gets to end it: its group, as a negative number, or itself. */
  readonly killTarget: number
  /** The server's process that serves this connection. */
  readonly parent: number
}

/** Splits what a channel brings into the noise before the marker line and the command's own output. */
export class MarkerReader {
  readonly #nonce: Buffer
  #noise: Buffer | undefined = Buffer.alloc(0)
  ids: ProcessIds | undefined
  /** Why the program cannot be run, where it cannot. */
  problem: 'missing' | 'denied' | undefined

  constructor(nonce: string) {
    this.#nonce = Buffer.from(nonce)
  }

  /** Whether the marker has been seen. */
  get passed(): boolean {
    return this.#noise === undefined
  }

  /** What came instead of the marker so far. */
  get noise(): string {
    return this.#noise?.toString('utf8') ?? ''
  }

  /** The part of the chunk that is the command's output; undefined before the marker is complete. */
  take(chunk: Buffer): Buffer | undefined {
    if (this.#noise === undefined) return chunk
    const bytes = this.#noise.length === 0 ? chunk : Buffer.concat([this.#noise, chunk])
    const start = bytes.indexOf(this.#nonce)
    const end = start < 0 ? -1 : bytes.indexOf(10, start)
    if (end < 0) {
      this.#noise = bytes.length > mostNoise ? bytes.subarray(-mostNoise / 2) : bytes
      return undefined
    }
    const words = bytes.toString('latin1', start, end).split(' ')
    const [, pid, killTarget, parent] = words.map(Number)
    if (words[1] === 'missing' || words[1] === 'denied') this.problem = words[1]
    else if (pid !== undefined && killTarget !== undefined && parent !== undefined) {
      this.ids = { pid, killTarget, parent }
    }
    this.#noise = undefined
    return bytes.subarray(end + 1)
  }
}

import type { ReadableFile, Transport } from '../../transports/transport'
import { openCompressed } from './compressed-file'
import type { LogStream } from './log-stream'
import { holds } from './places'
import { linesBefore } from './read-back'
import { isCompressed, openIfThere, rotatedPaths } from './rotated'

/** Rows that are fetched at once. */
const mostRows = 2_000

/** Reads a log backwards from its oldest row, on into the files that it was rotated to. */
export class OlderRows {
  readonly #transport: Transport
  readonly #path: string
  readonly #stream: LogStream
  /** The file with the oldest row, at the last look. */
  #within: string
  #turn: Promise<unknown> = Promise.resolve()

  constructor(transport: Transport, path: string, stream: LogStream) {
    this.#transport = transport
    this.#path = this.#within = path
    this.#stream = stream
  }

  /** False where there are none further back. One call after the other. */
  fetch(rows: number, signal: AbortSignal): Promise<boolean> {
    const fetched = this.#turn.then(() => this.#fetch(Math.min(rows, mostRows), signal))
    this.#turn = fetched.catch(() => undefined)
    return fetched
  }

  async #fetch(rows: number, signal: AbortSignal): Promise<boolean> {
    const place = this.#stream.oldest
    if (place === null) return false
    const paths = [this.#path, ...(await rotatedPaths(this.#transport, this.#path, signal))]
    const at = await this.#find(paths, signal)
    if (at < 0) return false
    if (place.position > 0) return this.#from(paths[at] ?? this.#path, place.position, rows, signal)
    for (const path of paths.slice(at + 1)) {
      if (await this.#from(path, null, rows, signal)) return true
    }
    return false
  }

  /** Which of the files has the oldest row; they change their names while they are rotated. */
  async #find(paths: readonly string[], signal: AbortSignal): Promise<number> {
    const place = this.#stream.oldest
    if (place === null) return -1
    const likely = paths.indexOf(this.#within)
    const order = [likely, ...paths.keys()].filter((at, index) => at >= 0 && (index === 0 || at !== likely))
    for (const at of order) {
      const file = await this.#open(paths[at] ?? '', signal)
      if (file === null) continue
      const found = await holds(file, place, signal)
      await file.close()
      if (found) return at
    }
    return -1
  }

  /** The rows in front of a place, or the last of the file. */
  async #from(path: string, end: number | null, rows: number, signal: AbortSignal): Promise<boolean> {
    const file = await this.#open(path, signal)
    if (file === null) return false
    try {
      const { size, modified, identity } = await file.status({ signal })
      const { start, bytes } = await linesBefore(file, end ?? size, rows, signal)
      if (bytes.length === 0) return false
      this.#stream.prepend(bytes, start, identity, modified)
      this.#within = path
      return true
    } finally {
      await file.close()
    }
  }

  #open(path: string, signal: AbortSignal): Promise<ReadableFile | null> {
    return isCompressed(path)
      ? openCompressed(this.#transport, path, signal)
      : openIfThere(this.#transport, path, signal)
  }
}

import { toByteString } from '@engine/formats/message-switch'
import { bytesOf, type RecordedLine } from './recordings'

/** In which lines of a recording responses begin; lines are given in order. */
export class ResponseStarts {
  readonly #remaining = new Map<number, number>()

  countIn(line: RecordedLine): number {
    const text = toByteString(bytesOf(line))
    let at = Math.min(this.#remaining.get(line.conn) ?? 0, text.length)
    let remaining = (this.#remaining.get(line.conn) ?? 0) - at
    let count = 0
    while (at < text.length) {
      const head = /^HTTP\/1\.1 [^]*?content-length: (\d+)\r\n\r\n/.exec(text.slice(at))
      if (head === null) throw new Error(`connection ${line.conn} at ${line.t}: no response begins here`)
      const length = head[0].length + Number(head[1])
      remaining = Math.max(0, length - (text.length - at))
      at += length
      count += 1
    }
    this.#remaining.set(line.conn, remaining)
    return count
  }
}

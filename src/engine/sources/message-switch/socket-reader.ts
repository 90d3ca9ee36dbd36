import type { Duplex } from 'node:stream'
import { DiagnosticError } from '@shared/errors'
import { answerGrace, maxAnswer, type SwitchReader } from './reader'
import { requestBytes, waitOf, type SwitchPath } from './requests'

const headEnd = Buffer.from('\r\n\r\n')
const maxHead = 16_384

/**
 * One HTTP/1.1 connection that is kept. Requests may follow one another at once: they are answered in order. A switch
 * from which nothing comes for `grace` milliseconds beyond what it was asked to wait is given up (`timeout`).
 */
export class SocketReader implements SwitchReader {
  readonly how: string
  readonly pipelines = true
  readonly #socket: Duplex
  readonly #path: string
  readonly #grace: number
  #received: Buffer[] = []
  #length = 0
  #wake: (() => void) | null = null
  #ended: DiagnosticError | null = null
  /** Settles when the answer before the next one has been read. */
  #turn: Promise<void> = Promise.resolve()

  constructor(socket: Duplex, path: string, how: string, grace = answerGrace) {
    this.#socket = socket
    this.#path = path
    this.#grace = grace
    this.how = how
    socket.on('data', (chunk: Buffer) => {
      this.#received.push(chunk)
      this.#length += chunk.length
      this.#wake?.()
    })
    const end = (cause?: unknown): void => {
      this.#ended ??= new DiagnosticError('connection-lost', 'message-switch closed the connection.', {
        where: path,
        cause,
      })
      this.#wake?.()
    }
    socket.on('error', end)
    socket.on('close', () => end())
    socket.on('end', () => end())
  }

  async get(path: SwitchPath, signal: AbortSignal): Promise<Uint8Array> {
    if (this.#ended) throw this.#ended
    this.#socket.write(requestBytes(path))
    const before = this.#turn
    let done = (): void => undefined
    this.#turn = new Promise((resolve) => (done = resolve))
    await before
    try {
      return await this.#answer(path, signal)
    } finally {
      done()
    }
  }

  async #answer(path: SwitchPath, signal: AbortSignal): Promise<Buffer> {
    const head = await this.#head(signal, waitOf(path))
    const lines = head.toString('latin1').split('\r\n')
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(lines[0] ?? '')?.[1])
    const length = Number(
      lines.map((line) => /^content-length: *(\d+)$/i.exec(line)?.[1]).find(Boolean) ?? NaN,
    )
    if (!Number.isSafeInteger(length)) throw this.#bad(`an answer without a length: ${lines[0] ?? ''}`)
    if (length > maxAnswer) throw this.#bad(`an answer of ${length} bytes`)
    await this.#until(() => this.#length >= length, signal, 0)
    const body = this.#take(length)
    if (status !== 200) throw this.#bad(`${status} to ${path}`)
    return body
  }

  close(): void {
    this.#socket.destroy()
  }

  async #head(signal: AbortSignal, wait: number): Promise<Buffer> {
    let end = -1
    await this.#until(
      () => {
        if (this.#received.length > 1) this.#received = [Buffer.concat(this.#received)]
        end = this.#received[0]?.indexOf(headEnd) ?? -1
        return end >= 0 || this.#length > maxHead
      },
      signal,
      wait,
    )
    if (end < 0) throw this.#bad('an answer that is no HTTP')
    return this.#take(end + headEnd.length)
  }

  /** The first bytes of what has come; there must be so many. */
  #take(length: number): Buffer {
    const all =
      this.#received.length === 1 && this.#received[0] ? this.#received[0] : Buffer.concat(this.#received)
    const rest = all.subarray(length)
    this.#received = rest.length > 0 ? [rest] : []
    this.#length = rest.length
    return all.subarray(0, length)
  }

  /** `wait`: milliseconds that the switch may take before it says anything. */
  async #until(enough: () => boolean, signal: AbortSignal, wait: number): Promise<void> {
    while (!enough()) {
      if (this.#ended) throw this.#ended
      signal.throwIfAborted()
      await new Promise<void>((resolve) => {
        const silence = setTimeout(() => {
          this.#ended ??= this.#silent(wait)
          this.#socket.destroy()
          wake()
        }, wait + this.#grace)
        const wake = (): void => {
          clearTimeout(silence)
          this.#wake = null
          signal.removeEventListener('abort', wake)
          resolve()
        }
        this.#wake = wake
        signal.addEventListener('abort', wake, { once: true })
      })
    }
  }

  #silent(wait: number): DiagnosticError {
    const seconds = Math.round((wait + this.#grace) / 1_000)
    return new DiagnosticError('timeout', `message-switch has not answered for ${seconds} s.`, {
      where: this.#path,
      hint: 'It takes connections, but it is stuck or stopped: see "systemctl status message-switch" on the host.',
    })
  }

  #bad(what: string): DiagnosticError {
    return new DiagnosticError('bad-data', `message-switch gave ${what}.`, { where: this.#path })
  }
}

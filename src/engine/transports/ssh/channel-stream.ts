import { Duplex } from 'node:stream'
import type { ClientChannel } from './library'

/**
 * A forwarded channel as an ordinary stream. The library's own does not know `destroy`, says `end` instead of
 * an error when the connection breaks, and writes after the end into nothing.
 */
export class ChannelStream extends Duplex {
  readonly #channel: ClientChannel
  #closed = false
  bytesRead = 0
  bytesWritten = 0

  constructor(channel: ClientChannel) {
    // As a socket does by default: the other side's end is answered with ours.
    super({ allowHalfOpen: false, highWaterMark: 256 * 1024 })
    this.#channel = channel
    channel.on('data', (chunk: Buffer) => {
      this.bytesRead += chunk.length
      // What nobody wants any more must flow away, or the channel never closes.
      if (!this.destroyed && !this.push(chunk)) channel.pause()
    })
    channel.on('end', () => this.push(null))
    channel.on('close', () => {
      this.#closed = true
      this.push(null)
      // What was received before is still read; only then is it closed.
      if (this.readableEnded) this.destroy()
      else this.once('end', () => this.destroy())
    })
    channel.on('error', (error: Error) => this.destroy(error))
    channel.stderr.resume()
  }

  /** Node's HTTP client takes it for a socket, and asks for these when it keeps a connection. */
  setKeepAlive(): this {
    return this
  }
  setNoDelay(): this {
    return this
  }
  setTimeout(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }

  override _read(): void {
    this.#channel.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    if (this.#closed) return done(new Error('The other side has closed the stream.'))
    this.bytesWritten += chunk.length
    this.#channel.write(chunk, (error) => done(error ?? undefined))
  }

  override _final(done: (error?: Error) => void): void {
    if (!this.#closed) this.#channel.end()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.#closed) {
      this.#channel.resume()
      this.#channel.close()
    }
    done(error)
  }
}

import type { FilePart } from '../../transport'
import { failure, type Subject } from '../failures'
import type { SftpChannel } from './sftp-session'

/** What one request asks for at most; every server gives this much (SFTP version 3, section 3). */
export const chunkLength = 30 * 1024
/** The first request for a file of the kernel: most are small, and there may be thousands of them. */
const firstLength = 4 * 1024
/** Asked for beyond the length that is expected. */
const margin = 512
/** Requests under way for one file. */
const window = 32

export interface WholeFile {
  readonly bytes: Uint8Array
  /** The buffer behind `bytes`, for the next time. */
  readonly buffer: Buffer
  /** Lengths of the parts in which it came. */
  readonly parts: readonly number[]
  /** Whether the server has said that nothing follows. */
  readonly sawEnd: boolean
}

export interface ReadRequest {
  readonly channel: SftpChannel
  readonly handle: Buffer
  readonly subject: Subject
  readonly maxBytes: number
  /**
   * The parts in which the file is expected, as it came the last time: they and the end of the file are asked
   * for at once, so that one round trip is enough for a file that has kept its size.
   */
  readonly expected: readonly number[]
  /** Takes a file that comes in one part of the expected length for whole, without asking for its end. */
  readonly trustsLength: boolean
  readonly buffer: Buffer
  /** Tells that nobody waits any more. */
  readonly ended: AbortSignal
}

interface Asked {
  readonly length: number
  /** How many bytes came; 0 at the end of the file. */
  readonly answer: Promise<number>
}

/**
 * The whole content from position 0. The size of a file in `/proc` says nothing, and a short read does not mean
 * the end (the kernel stops at its own record boundaries): only an empty read does. Each part begins where the
 * one before ended, so that the kernel goes on in the same snapshot.
 */
export async function readWhole(request: ReadRequest): Promise<WholeFile> {
  const { maxBytes, subject, expected } = request
  const isTrusted = request.trustsLength && expected.length === 1
  const reading = new Reading(request)
  const asked: Asked[] = []
  const parts: number[] = []
  let plan = isTrusted ? [sum(expected) + margin] : [...expected, reading.beyond]
  let beyond = reading.beyond
  let offset = 0
  let filled = 0
  for (;;) {
    for (let length = plan[0]; length !== undefined && asked.length < window; length = plan[0]) {
      plan.shift()
      asked.push(reading.ask(offset, length))
      offset += length
    }
    const { length, answer } = asked.shift() ?? reading.ask(filled, beyond)
    const count = await answer
    request.ended.throwIfAborted()
    if (count === 0) return reading.whole(filled, parts, true)
    filled += count
    parts.push(count)
    if (filled > maxBytes) throw tooLarge(subject, maxBytes)
    if (isTrusted && parts.length === 1 && count === expected[0]) return reading.whole(filled, parts, false)
    // It is much larger than expected.
    if (count === length && asked.length === 0) beyond = chunkLength
    if (count < length) {
      // It has another size now: what was asked for behind this part is of no use.
      plan = []
      await Promise.allSettled(asked.splice(0).map((behind) => behind.answer))
    }
  }
}

/** A part of a file; shorter where the file ends before, or where the server gives less at a time. */
export async function readPart(
  { channel, handle, subject, ended }: Pick<ReadRequest, 'channel' | 'handle' | 'subject' | 'ended'>,
  { start, length }: FilePart,
): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(Math.min(length, chunkLength))
  const count = await channel.request<number>(subject, (sftp, done) =>
    sftp.read(handle, buffer, 0, buffer.length, start, (error, bytesRead) => done(error, bytesRead)),
  )
  ended.throwIfAborted()
  return buffer.subarray(0, count)
}

class Reading {
  readonly #request: ReadRequest
  /** How much is asked for behind what is expected. */
  readonly beyond: number
  #buffer: Buffer

  constructor(request: ReadRequest) {
    this.#request = request
    const { expected, maxBytes, buffer, trustsLength } = request
    this.beyond = expected.length > 0 ? margin : trustsLength ? firstLength : chunkLength
    const size = Math.min(sum(expected), maxBytes) + this.beyond
    this.#buffer = buffer.length >= size ? buffer : Buffer.allocUnsafeSlow(size)
  }

  ask(offset: number, length: number): Asked {
    const answer = this.#at(offset, length)
    // Those behind a failed one are not waited for.
    answer.catch(() => undefined)
    return { length, answer }
  }

  whole(length: number, parts: readonly number[], sawEnd: boolean): WholeFile {
    return { bytes: this.#buffer.subarray(0, length), buffer: this.#buffer, parts, sawEnd }
  }

  async #at(offset: number, length: number): Promise<number> {
    const { channel, handle, subject } = this.#request
    const part = this.#room(offset, length)
    const count = await channel.request<number>(subject, (sftp, done) =>
      sftp.read(handle, part, 0, length, offset, (error, bytesRead) => done(error, bytesRead)),
    )
    // The buffer was replaced by a larger one meanwhile.
    if (part.buffer !== this.#buffer.buffer) part.copy(this.#buffer, offset, 0, count)
    return count
  }

  #room(offset: number, length: number): Buffer {
    if (this.#buffer.length < offset + length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(offset + length, this.#buffer.length * 2))
      this.#buffer.copy(larger)
      this.#buffer = larger
    }
    return this.#buffer.subarray(offset, offset + length)
  }
}

/** Parts for a file of a known size. */
export function partsOf(size: number): number[] {
  const whole = Array.from({ length: Math.floor(size / chunkLength) }, () => chunkLength)
  return size % chunkLength === 0 ? whole : [...whole, size % chunkLength]
}

const sum = (lengths: readonly number[]): number => lengths.reduce((total, length) => total + length, 0)

export const tooLarge = (subject: Subject, maxBytes: number): Error =>
  failure('limit-exceeded', `${subject.doing} failed: it is larger than ${maxBytes} bytes.`, subject)

import { DiagnosticError } from '@shared/errors'
import type { Clock } from '../../clock'
import type { ReadableFile, Transport } from '../../transports/transport'
import type { LogStream } from './log-stream'
import { holds, landmarkLength, placeIn, startOfFile, startsWith } from './places'
import { linesBefore } from './read-back'
import { findRotated, findSuccessor, hasPlainRotated, openIfThere } from './rotated'

/** Asked for while few lines come: fits into one answer of any SFTP server. */
const smallRead = 30 * 1024 - landmarkLength
/** Asked for while there is more than that. */
const largeRead = 1024 * 1024
/** What a file may have grown by while nobody read it; of more, the last is read. */
const mostCaughtUp = 256 * 1024 * 1024
/** Milliseconds without a line after which the name is looked up again, and between two such looks. */
const firstLook = 1_000
const furtherLooks = 3_000
/** Empty reads of a file that lost its name before the next one is read. */
const emptyReadsAtEnd = 2

/** `busy`: there is more to be read at once. `waiting`: a change needs another look soon. */
export type Activity = 'busy' | 'active' | 'waiting' | 'quiet' | 'missing'

export interface FollowContext {
  readonly transport: Transport
  readonly clock: Clock
  readonly signal: AbortSignal
}

export interface FollowOptions {
  readonly path: string
  readonly stream: LogStream
  /** Lines of what the file holds already that are wanted; null for all of them. */
  readonly backfill: number | null
}

interface Ahead {
  readonly file: ReadableFile
  readonly from: number
  readonly length: number
  readonly bytes: Promise<Uint8Array>
}

/**
 * Reads what is appended to a file, from a place that is checked at every read: the bytes in front of it must be those
 * that were read last. Where they are not, the file was truncated or its name given to another one.
 */
export class FollowedFile {
  readonly #context: FollowContext
  readonly #path: string
  readonly #stream: LogStream
  readonly #backfill: number | null
  #file: ReadableFile | null = null
  #identity: string | null = null
  /** The name was given to another file, to be read once this one is at its end. */
  #isReplaced = false
  /** What is to be told behind the rest of a copy. */
  #loss: string | null = null
  /** The rotated files that are read may be copies, each of which may lack its last lines. */
  #areCopies = false
  #length = smallRead
  #ahead: Ahead | null = null
  /** Of a busy file, used in turn: one is filled while the lines in the other are taken. */
  #used: Uint8Array | null = null
  #spare: Uint8Array | null = null
  #emptyReads = 0
  #lastData: number
  #lastLook: number
  /** When the place was last found as it should be, wall clock; null before. */
  #checkedAt: number | null = null

  constructor(context: FollowContext, { path, stream, backfill }: FollowOptions) {
    this.#context = context
    this.#path = path
    this.#stream = stream
    this.#backfill = backfill
    this.#lastData = this.#lastLook = context.clock.monotonic()
  }

  /** Reads once. Rejects with `connection-lost` only where the file cannot even be opened any more. */
  async poll(): Promise<Activity> {
    const { transport, signal } = this.#context
    const isNew = this.#file === null
    this.#file ??= await openIfThere(transport, this.#path, signal)
    if (this.#file === null) return 'missing'
    try {
      if (isNew) await this.#prepare(this.#file)
      return await this.#read(this.#file)
    } catch (thrown) {
      await this.close()
      if (thrown instanceof DiagnosticError && thrown.code === 'connection-lost') return 'waiting'
      throw thrown
    }
  }

  async #read(file: ReadableFile): Promise<Activity> {
    const { clock } = this.#context
    const { from, bytes: expected, position } = this.#stream.read
    const bytes = await this.#readAt(file, from, position - from + this.#length)
    if (!startsWith(bytes, expected) || (await this.#isRenamed(file))) return this.#moved(file)
    this.#checkedAt = clock.now()
    this.#stream.identify(this.#identity)
    if (bytes.length === expected.length) return this.#atEnd(file)
    this.#emptyReads = 0
    this.#lastData = clock.monotonic()
    const isFull = bytes.length === expected.length + this.#length
    this.#length = isFull ? largeRead : smallRead
    const end = from + bytes.length
    const overlap = Math.min(landmarkLength, end)
    if (isFull) this.#readAhead(file, end - overlap, overlap + this.#length)
    await this.#stream.take(bytes.subarray(expected.length))
    return isFull ? 'busy' : 'active'
  }

  /** The next read, under way while the lines of this one are taken. */
  #readAhead(file: ReadableFile, from: number, length: number): void {
    const into = this.#spare ?? new Uint8Array(largeRead + landmarkLength)
    this.#spare = this.#used
    this.#used = into
    const bytes = file.readAt(from, length, { signal: this.#context.signal, into })
    // Told when it is asked for.
    bytes.catch(() => undefined)
    this.#ahead = { file, from, length, bytes }
  }

  #readAt(file: ReadableFile, from: number, length: number): Promise<Uint8Array> {
    const ahead = this.#ahead
    this.#ahead = null
    if (ahead?.file === file && ahead.from === from && ahead.length === length) return ahead.bytes
    // An answer that nobody waits for may still be put into one of them.
    this.#used = this.#spare = null
    return file.readAt(from, length, { signal: this.#context.signal })
  }

  /** Gives the handles back; a further poll opens the file again and goes on. */
  async close(): Promise<void> {
    const file = this.#file
    this.#file = null
    this.#used = this.#spare = null
    this.#isReplaced = false
    // A handle on a lost connection has nothing left to close.
    await file?.close().catch(() => undefined)
  }

  async #prepare(file: ReadableFile): Promise<void> {
    const { size, identity } = await file.status({ signal: this.#context.signal })
    this.#identity = identity
    if (!this.#stream.started) await this.#start(file, size, identity)
    else if (size - this.#stream.read.position > mostCaughtUp) await this.#skip(file, size, identity)
  }

  /** The first look at a file: its last lines, or all of it. */
  async #start(file: ReadableFile, size: number, identity: string | null): Promise<void> {
    if (this.#backfill === null) {
      this.#stream.startAt(startOfFile(identity))
      return
    }
    const { signal } = this.#context
    const { start } = await linesBefore(file, size, this.#backfill, signal)
    this.#stream.startAt(await placeIn(file, start, identity, signal))
  }

  async #skip(file: ReadableFile, size: number, identity: string | null): Promise<void> {
    const { signal } = this.#context
    if (!(await holds(file, this.#stream.read, signal))) return
    const { start } = await linesBefore(file, size - mostCaughtUp, 1, signal)
    this.#stream.endLine()
    this.#stream.gap(
      `${this.#path} has grown by more than ${mostCaughtUp / 2 ** 20} MiB meanwhile: only its end was read.`,
      this.#checkedAt,
    )
    this.#stream.startAt(await placeIn(file, start, identity, signal))
  }

  async #atEnd(file: ReadableFile): Promise<Activity> {
    this.#length = smallRead
    this.#emptyReads++
    if (this.#isReplaced || file.path !== this.#path) {
      return this.#emptyReads < emptyReadsAtEnd ? 'waiting' : this.#goOn(file)
    }
    const now = this.#context.clock.monotonic()
    if (now - this.#lastData < firstLook || now - this.#lastLook < furtherLooks) return 'quiet'
    this.#lastLook = now
    return (await this.#lookAtName(file)) ? 'waiting' : 'quiet'
  }

  /** Whether the name was given to another file. */
  async #lookAtName(file: ReadableFile): Promise<boolean> {
    // One that is read by its name shows another file by other bytes.
    if (!file.staysWithFile) return false
    const { transport, signal } = this.#context
    const named = await openIfThere(transport, this.#path, signal)
    if (named === null) return false
    this.#isReplaced = await this.#isOther(file, named)
    this.#emptyReads = 0
    await named.close()
    return this.#isReplaced
  }

  /** At the start of a file there are no bytes to know it by, only itself. */
  async #isRenamed(file: ReadableFile): Promise<boolean> {
    const { bytes, identity } = this.#stream.read
    if (file.staysWithFile || bytes.length > 0 || identity === null) return false
    return (await file.status({ signal: this.#context.signal })).identity !== identity
  }

  async #isOther(file: ReadableFile, named: ReadableFile): Promise<boolean> {
    const { signal } = this.#context
    const [ours, theirs] = await Promise.all([file.status({ signal }), named.status({ signal })])
    if (ours.identity !== null && theirs.identity !== null) return ours.identity !== theirs.identity
    const place = this.#stream.read
    if (place.bytes.length === 0) return ours.size === 0 && theirs.size > 0
    // Where neither has the place any more, the file was truncated: the next read finds that.
    return !(await holds(named, place, signal)) && (await holds(file, place, signal))
  }

  /** The bytes in front of our place are others: what comes behind it may be in a rotated file. */
  async #moved(file: ReadableFile): Promise<Activity> {
    const { transport, signal } = this.#context
    const stream = this.#stream
    await this.close()
    this.#emptyReads = 0
    const found = await findRotated(transport, this.#path, stream.read, signal)
    // Renamed, so that nobody wrote to it behind our back; otherwise it may be a copy.
    const isWhole = found !== null && found.identity !== null && found.identity === stream.read.identity
    if (!isWhole) this.#loss ??= reasonOf(this.#path, found?.file.path ?? null)
    // A rotated file that only got its next name is what it was.
    if (!isWhole || file.path === this.#path) this.#areCopies = found !== null && !isWhole
    if (found === null) {
      this.#startNext(null)
      return 'busy'
    }
    this.#file = found.file
    this.#identity = found.identity
    return 'busy'
  }

  /** From the end of a file to the one that came after it. */
  async #goOn(file: ReadableFile): Promise<Activity> {
    const { transport, signal } = this.#context
    const found = await findSuccessor(transport, this.#path, this.#stream.read, signal)
    // Compressed or deleted at once: what has the name now is all there is.
    const next = found === null ? await openIfThere(transport, this.#path, signal) : found.next
    if (next === null) return 'waiting'
    if (found === null && file.path === this.#path && !(await this.#isOther(file, next))) {
      this.#isReplaced = false
      await next.close()
      return 'quiet'
    }
    const identity = found === null ? (await next.status({ signal })).identity : found.identity
    if (found === null && (!file.staysWithFile || (await hasPlainRotated(transport, this.#path, signal)))) {
      this.#loss ??= reasonOf(this.#path, null)
    }
    await this.close()
    this.#startNext(identity)
    this.#file = next
    this.#identity = identity
    this.#areCopies &&= next.path !== this.#path
    if (this.#areCopies) this.#loss = reasonOf(this.#path, next.path)
    return 'busy'
  }

  #startNext(identity: string | null): void {
    this.#stream.endLine()
    if (this.#loss !== null) this.#stream.gap(this.#loss, this.#checkedAt)
    this.#loss = null
    this.#stream.startAt(startOfFile(identity))
  }
}

const reasonOf = (path: string, copy: string | null): string =>
  copy === null
    ? `${path} was truncated or replaced: lines that were written shortly before may be missing.`
    : `${path} was rotated: lines that were written between its copying to ${copy} and its truncation may be missing.`

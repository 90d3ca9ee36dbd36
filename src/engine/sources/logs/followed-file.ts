import type { Clock } from '../../clock'
import type { ReadableFile, Transport } from '../../transports/transport'
import type { LogStream } from './log-stream'
import { holds, isSameFile, placeIn, startOfFile, startsWith } from './places'
import { linesBefore } from './read-back'
import { findRotated, openIfThere, type RotatedPlace } from './rotated'

/** Asked for while few lines come: fits into one answer of any SFTP server. */
const smallRead = 30 * 1024 - 64
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
  /** The file that has the name now, to be read once the one before is at its end. */
  #next: ReadableFile | null = null
  #length = smallRead
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

  /** Reads once. */
  async poll(): Promise<Activity> {
    const { clock, signal } = this.#context
    const file = this.#file ?? (await this.#open())
    if (file === null) return 'missing'
    const { from, bytes: expected, position } = this.#stream.read
    const bytes = await file.readAt(from, position - from + this.#length, { signal })
    if (!startsWith(bytes, expected)) return this.#moved()
    this.#checkedAt = clock.now()
    this.#stream.identify(this.#identity)
    if (bytes.length === expected.length) return this.#atEnd(file)
    this.#emptyReads = 0
    this.#lastData = clock.monotonic()
    const isFull = bytes.length === expected.length + this.#length
    this.#length = isFull ? largeRead : smallRead
    await this.#stream.take(bytes.subarray(expected.length))
    return isFull ? 'busy' : 'active'
  }

  /** Gives the handles back; a further poll opens the file again and goes on. */
  async close(): Promise<void> {
    const open = [this.#file, this.#next]
    this.#file = this.#next = null
    // A handle on a lost connection has nothing left to close.
    for (const file of open) await file?.close().catch(() => undefined)
  }

  async #open(): Promise<ReadableFile | null> {
    const { transport, signal } = this.#context
    const file = await openIfThere(transport, this.#path, signal)
    if (file === null) return null
    try {
      const { size, identity } = await file.status({ signal })
      if (!this.#stream.started) await this.#start(file, size, identity)
      else if (size - this.#stream.read.position > mostCaughtUp) await this.#skip(file, size, identity)
      this.#file = file
      this.#identity = identity
      return file
    } catch (thrown) {
      await file.close().catch(() => undefined)
      throw thrown
    }
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
    if (this.#next !== null) {
      if (this.#emptyReads < emptyReadsAtEnd) return 'waiting'
      const next = this.#next
      this.#next = null
      await this.#goOnWith(next)
      await file.close()
      return 'busy'
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
    if (await this.#isOther(file, named)) {
      this.#next = named
      this.#emptyReads = 0
      return true
    }
    await named.close()
    return false
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

  /** The bytes in front of our place are others: what came behind it may be in a rotated file. */
  async #moved(): Promise<Activity> {
    const { transport, signal } = this.#context
    await this.close()
    const { identity } = this.#stream.read
    const next = await openIfThere(transport, this.#path, signal)
    try {
      const found = await this.#goOnWith(next)
      // Renamed, so that nobody wrote to it behind our back; otherwise it may be a copy.
      const isWhole = found !== null && found.identity !== null && found.identity === identity
      if (!isWhole) this.#stream.gap(reasonOf(this.#path, found), this.#checkedAt)
      return next === null ? 'missing' : 'busy'
    } catch (thrown) {
      await next?.close().catch(() => undefined)
      throw thrown
    }
  }

  /** Reads what lies between our place and the file that has the name now, then that one. */
  async #goOnWith(next: ReadableFile | null): Promise<RotatedPlace | null> {
    const { transport, signal } = this.#context
    const found = await findRotated(transport, this.#path, this.#stream.read, signal)
    if (found !== null) await this.#drain(found, next)
    this.#identity = next === null ? null : (await next.status({ signal })).identity
    this.#stream.endLine()
    this.#stream.startAt(startOfFile(this.#identity))
    this.#file = next
    return found
  }

  /** Reads the rest of a rotated file and those that came after it, up to the one that is read next. */
  async #drain({ file, later }: RotatedPlace, next: ReadableFile | null): Promise<void> {
    const { transport, signal } = this.#context
    await this.#takeRest(file)
    for (const path of later) {
      const between = await openIfThere(transport, path, signal)
      if (between === null) continue
      if (next !== null && (await isSameFile(between, next, signal))) return between.close()
      const { identity } = await between.status({ signal })
      this.#stream.endLine()
      this.#stream.startAt(startOfFile(identity))
      await this.#takeRest(between)
    }
  }

  async #takeRest(file: ReadableFile): Promise<void> {
    const { signal } = this.#context
    try {
      for (;;) {
        const bytes = await file.readAt(this.#stream.read.position, largeRead, { signal })
        if (bytes.length === 0) return
        await this.#stream.take(bytes)
      }
    } finally {
      await file.close().catch(() => undefined)
    }
  }
}

const reasonOf = (path: string, found: RotatedPlace | null): string =>
  found === null
    ? `${path} was truncated or replaced: lines that were written shortly before may be missing.`
    : `${path} was rotated: lines that were written between its copying to ${found.file.path} and its truncation may be missing.`

import { DiagnosticError, toWireError } from '@shared/errors'
import type { Clock } from '../../clock'
import type { OperationOptions, PolledFile, Transport } from '../../transports/transport'
import type { LineRun } from './line-runs'
import { WantedLines } from './wanted-lines'

/** Milliseconds after which a file that could not be opened is tried again. */
const retryAfter = 30_000

export interface HostFileContext {
  readonly transport: Transport
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * A file that is read for every sample on a handle kept open. A failure leaves `content` null;
 * the handle is then opened anew at the next read, and after a failed attempt half a minute later.
 */
export class HostFile {
  readonly path: string
  /** The wanted lines, and maybe others; valid until the next read. */
  content: Uint8Array | null = null
  /** Why this read gave nothing; null also while a file that cannot be opened is left alone for a while. */
  error: DiagnosticError | null = null
  readonly #context: HostFileContext
  #handle: PolledFile | null = null
  #retryAt = -Infinity
  readonly #wanted: WantedLines | null

  /** `wanted` are the lines of the content that matter; without it all of them do. */
  constructor(path: string, context: HostFileContext, wanted: readonly LineRun[] = []) {
    this.path = path
    this.#context = context
    this.#wanted = wanted.length > 0 ? new WantedLines(wanted) : null
  }

  async read(): Promise<void> {
    const { transport, clock, signal } = this.#context
    this.content = null
    this.error = null
    if (this.#handle === null && clock.monotonic() < this.#retryAt) return
    try {
      if (this.#handle === null) {
        this.#retryAt = clock.monotonic() + retryAfter
        this.#handle = await transport.openFile(this.path, { signal })
      }
      this.content = await readWanted(this.#handle, this.#wanted, { signal })
      this.#retryAt = -Infinity
    } catch (thrown) {
      this.error = asDiagnostic(thrown, this.path)
      await this.close()
    }
  }

  async close(): Promise<void> {
    const handle = this.#handle
    this.#handle = null
    // A handle on a lost connection has nothing left to close.
    await handle?.close().catch(() => undefined)
  }
}

/** The wanted lines or more: the whole file where its parts cannot be read, or have come to lie elsewhere. */
async function readWanted(
  file: PolledFile,
  wanted: WantedLines | null,
  options: OperationOptions,
): Promise<Uint8Array> {
  if (wanted === null || file.readParts === undefined) return file.read(options)
  const parts = wanted.parts()
  const lines = parts && wanted.take(await file.readParts(parts, options))
  if (lines !== null) return lines
  const whole = await file.read(options)
  wanted.learn(whole)
  return whole
}

/**
 * Reads all at once and tells whether anything was read.
 * Rejects when the transport itself is gone: every file that was tried fails with `connection-lost`.
 */
export async function readAll(files: readonly HostFile[]): Promise<boolean> {
  await Promise.all(files.map((file) => file.read()))
  if (files.some((file) => file.content !== null)) return true
  const errors = files.map((file) => file.error).filter((error) => error !== null)
  const [first] = errors
  if (first !== undefined && errors.every((error) => error.code === 'connection-lost')) throw first
  return false
}

export function asDiagnostic(thrown: unknown, where: string): DiagnosticError {
  if (thrown instanceof DiagnosticError) return thrown
  return new DiagnosticError('internal', toWireError(thrown).message, { where, cause: thrown })
}

import type { PolledFile } from '../../transports/transport'
import { asDiagnostic } from './host-file'
import type { HostReader } from './host-reader'

/** Processes whose file is kept open; a host's SFTP server may hold a thousand files in all. */
const mostHandles = 512

/**
 * /proc/<pid>/stat of all processes. Most live long, so their files are kept open: reading costs a third of
 * opening, reading and closing (8 against 25 us locally), and over SFTP one round trip instead of three.
 */
export class ProcessFiles {
  readonly #host: HostReader
  readonly #handles = new Map<string, PolledFile>()
  /** Lower than wanted once the host or the console has refused to open more. */
  #most = mostHandles
  #opening = 0

  constructor(host: HostReader) {
    this.#host = host
  }

  /** Valid until the next read of the same process; null for one that ended or that may not be seen. */
  async read(pid: string): Promise<Uint8Array | null> {
    try {
      const handle = this.#handles.get(pid) ?? (await this.#openHandle(pid))
      // Limits and deadlines are those of one small file; the signal is looked at between batches.
      return handle === null
        ? await this.#host.transport.readFile(this.#path(pid), { signal: this.#host.signal, maxBytes: 4_096 })
        : await handle.read()
    } catch {
      // Gone, or its number has passed to another process: that one is opened at the next sample.
      await this.#drop(pid)
      return null
    }
  }

  /** Closes the files of processes that are no longer listed. */
  async keepOnly(pids: readonly string[]): Promise<void> {
    const listed = new Set(pids)
    const gone = [...this.#handles.keys()].filter((pid) => !listed.has(pid))
    await Promise.all(gone.map((pid) => this.#drop(pid)))
  }

  async close(): Promise<void> {
    await this.keepOnly([])
  }

  async #openHandle(pid: string): Promise<PolledFile | null> {
    if (this.#opening + this.#handles.size >= this.#most) return null
    this.#opening++
    try {
      const handle = await this.#host.transport.openFile(this.#path(pid))
      this.#handles.set(pid, handle)
      return handle
    } catch (thrown) {
      if (asDiagnostic(thrown, pid).code !== 'limit-exceeded') throw thrown
      this.#most = this.#handles.size
      return null
    } finally {
      this.#opening--
    }
  }

  async #drop(pid: string): Promise<void> {
    const handle = this.#handles.get(pid)
    this.#handles.delete(pid)
    // On a lost connection there is nothing left to close.
    await handle?.close().catch(() => undefined)
  }

  #path(pid: string): string {
    return `/proc/${pid}/stat`
  }
}

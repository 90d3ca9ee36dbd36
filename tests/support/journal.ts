import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const program = '/lib/systemd/systemd-journal-remote'

/** Why no journal can be written here, or undefined where one can. */
export const journalMissing = (): string | undefined =>
  existsSync(program) ? undefined : `${program} is not installed (apt-get install systemd-journal-remote)`

export interface JournalEntry {
  readonly message: string | Uint8Array
  /** Microseconds since the epoch. */
  readonly time: number
  readonly priority?: number
  readonly unit?: string
}

/** A folder with a real journal, written by systemd's own program: no journald runs where the tests do. */
export class TestJournal {
  readonly folder = mkdtempSync(join(tmpdir(), 'xcp-journal-'))

  /** In the export format of systemd (systemd.io/JOURNAL_EXPORT_FORMATS). */
  write(entries: readonly JournalEntry[]): void {
    const parts = entries.flatMap(({ message, time, priority, unit }) => [
      Buffer.from(`__REALTIME_TIMESTAMP=${time}\n`),
      Buffer.from(priority === undefined ? '' : `PRIORITY=${priority}\n`),
      Buffer.from(unit === undefined ? '' : `_SYSTEMD_UNIT=${unit}\n`),
      field('MESSAGE', Buffer.from(message)),
      Buffer.from('\n'),
    ])
    execFileSync(program, ['-o', join(this.folder, 'system.journal'), '-'], {
      input: Buffer.concat(parts),
      stdio: ['pipe', 'ignore', 'ignore'],
    })
  }

  /** Forgets all that was written. */
  clear(): void {
    rmSync(join(this.folder, 'system.journal'), { force: true })
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Name, line feed, length as 64 bits, the bytes: any value can be written so. */
function field(name: string, value: Buffer): Buffer {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(value.length))
  return Buffer.concat([Buffer.from(`${name}\n`), length, value, Buffer.from('\n')])
}

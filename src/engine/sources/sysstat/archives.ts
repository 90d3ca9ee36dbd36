import { posix } from 'node:path'
import type { ArchiveFile, Survey } from './survey'

const secondsPerDay = 86_400
/** `saDD`, or `saYYYYMMDD` where more than a month is kept. What sa2 packed (`sa15.xz`) sadf cannot read. */
const archiveName = /^sa(?:\d{2}|\d{8})$/

export interface Archives {
  /** Those worth reading, newest first. */
  readonly chosen: readonly ArchiveFile[]
  readonly refused: readonly ArchiveFile[]
  /** Epoch seconds of the newest one's last record; null where there is none at all. */
  readonly newest: number | null
}

export interface Found {
  readonly survey: Survey
  readonly archives: Archives
}

export function chooseArchives({ files, now }: Survey, days: number): Archives {
  const archives = files
    .filter(({ path, size }) => archiveName.test(posix.basename(path)) && size > 0)
    .sort((a, b) => b.modified - a.modified)
  const recent = archives.filter(({ modified }) => modified >= now - days * secondsPerDay)
  return {
    chosen: recent.filter(({ isReadable }) => isReadable),
    refused: recent.filter(({ isReadable }) => !isReadable),
    newest: archives[0]?.modified ?? null,
  }
}

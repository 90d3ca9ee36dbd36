import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk {
  readonly path: string
  /** Leaves room for this many bytes; the filler is the file `.filler`. */
  fill(bytesLeft: number): void
  /** From now on nothing can be written to it. */
  makeReadOnly(): void
  release(): void
}

/** A disk that is soon full: a tmpfs of this many KiB. Null where this user may not mount one. */
export function mountSmallDisk(kibibytes: number): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), 'small-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'small', path])
  if (mounted.status !== 0) {
    rmdirSync(path)
    return null
  }
  return {
    path,
    fill(bytesLeft) {
      const filler = join(path, '.filler')
      writeFileSync(filler, '')
      const { bavail, bsize } = statfsSync(path)
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - bytesLeft)))
    },
    makeReadOnly() {
      spawnSync('mount', ['-o', 'remount,ro', path])
    },
    release() {
      spawnSync('umount', ['-l', path])
      rmdirSync(path)
    },
  }
}

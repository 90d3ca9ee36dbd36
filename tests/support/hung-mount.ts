import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface HungMount {
  /** Ends the mount: whatever hangs in it fails with ENOTCONN. */
  release(): void
}

export interface HungMounts {
  mount(path: string): HungMount
}

/**
 * Mounts that never answer, as those of a dead file server: FUSE whose daemon is a descriptor that nobody
 * reads. Null where this needs more than the test may do (root, /dev/fuse).
 */
export function mountHungFileSystem(): HungMounts | null {
  const trial = mkdtempSync(join(tmpdir(), 'hung-mount-'))
  try {
    mount(join(trial, 'trial')).release()
    return { mount }
  } catch {
    return null
  } finally {
    rmdirSync(trial)
  }
}

function mount(path: string): HungMount {
  const descriptor = openSync('/dev/fuse', 'r+')
  mkdirSync(path)
  const options = 'fd=3,rootmode=40000,user_id=0,group_id=0'
  const mounted = spawnSync('mount', ['-t', 'fuse', '-o', options, 'hung', path], {
    stdio: ['ignore', 'ignore', 'pipe', descriptor],
  })
  if (mounted.status !== 0) {
    closeSync(descriptor)
    rmdirSync(path)
    throw new Error(`No FUSE mount: ${String(mounted.stderr)}`)
  }
  let released = false
  return {
    release() {
      if (released) return
      released = true
      closeSync(descriptor)
      // Lazily: what hung in it may take a moment to let go.
      spawnSync('umount', ['-l', path])
      rmdirSync(path)
    },
  }
}

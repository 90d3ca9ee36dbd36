import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { SysstatOptions } from '../index'

export interface FakeSadf {
  readonly options: Pick<SysstatOptions, 'program' | 'folders'>
  /** Lays an archive there, so many days old; what sadf does with it is a shell's text. */
  archive(name: string, behaviour: string, days?: number): void
  /** What sadf prints of the archive. */
  prints(name: string, text: string, days?: number): void
}

/** A sadf that does what a test says: other versions' output, and what no good one would do. */
export function fakeSadf(version = '12.6.1'): FakeSadf {
  const folder = mkdtempSync(join(tmpdir(), 'xcp-sadf-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const program = join(folder, 'sadf')
  const archives = join(folder, 'archives')
  mkdirSync(archives)
  // `sadf -V`, or `sadf -j <archive> -- ...`: each archive is a script itself.
  const script = `#!/bin/sh\n[ "$1" = -V ] && { echo "sysstat version ${version}" >&2; exit; }\nexec sh "$2"\n`
  writeFileSync(program, script)
  chmodSync(program, 0o755)
  const archive = (name: string, behaviour: string, days = 0): void => {
    const path = join(archives, name)
    writeFileSync(path, `${behaviour}\n`)
    const time = Date.now() / 1_000 - days * 86_400
    utimesSync(path, time, time)
  }
  return {
    options: { program, folders: [archives] },
    archive,
    prints: (name, text, days) => archive(name, `cat <<'END_OF_TEXT'\n${text}\nEND_OF_TEXT`, days),
  }
}

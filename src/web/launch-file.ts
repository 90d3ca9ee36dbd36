import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface LaunchFile {
  /** Absolute. */
  readonly path: string
  /** Removes the file and its folder; a second time does nothing. */
  remove(): void
}

/**
 * A page that only this user can read (file 0600 in a folder 0700) and that leads to an address. Programs are given
 * its path, because every local user can read what a program was given. Throws where no file can be written.
 */
export function writeLaunchFile(url: string, env: NodeJS.ProcessEnv): LaunchFile {
  const folder = makeFolder(env['XDG_RUNTIME_DIR'])
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  const path = join(folder, 'open-console.html')
  try {
    writeFileSync(path, page(url), { mode: 0o600, flag: 'wx' })
  } catch (error) {
    remove()
    throw error
  }
  return { path, remove }
}

/** In memory and of this user alone where the system has such a place; mkdtemp makes it 0700. */
function makeFolder(runtime: string | undefined): string {
  if (runtime?.startsWith('/')) {
    try {
      return mkdtempSync(join(runtime, 'xcp-diag-'))
    } catch {
      // Gone, full, or of another user: the temporary folder serves as well.
    }
  }
  return mkdtempSync(join(tmpdir(), 'xcp-diag-'))
}

/** `url` is one that the shell made: it has no character that means something in HTML. */
const page = (url: string): string => `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${url}">
<title>Console</title>
<p><a href="${url}">Open the console</a>
`

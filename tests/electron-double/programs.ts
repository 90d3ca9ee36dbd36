import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const register = resolve(import.meta.dirname, '../../e2e/electron/double/register.mjs')

export interface Ran {
  readonly code: number | null
  /** What the program printed, a line each. */
  readonly lines: string[]
  readonly errors: string
}

/** Runs a program of Electron's on the double, with a program for utilityProcess beside it (`process.argv[2]`). */
export async function runOnDouble(main: string, utility = ''): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'xd-'))
  try {
    writeFileSync(join(folder, 'main.mjs'), main)
    writeFileSync(join(folder, 'utility.mjs'), utility)
    const child = fork(join(folder, 'main.mjs'), [join(folder, 'utility.mjs'), folder], {
      execArgv: ['--import', register],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    })
    let [output, errors] = ['', '']
    child.stdout?.on('data', (data: Buffer) => (output += data.toString()))
    child.stderr?.on('data', (data: Buffer) => (errors += data.toString()))
    await once(child, 'close')
    return { code: child.exitCode, lines: output.trim().split('\n'), errors }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

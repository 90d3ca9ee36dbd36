import { spawnSync } from 'node:child_process'

/** Milliseconds that a program of Debian's takes, and what it printed. */
export function timeProgram(command: readonly string[]): { milliseconds: number; output: string } {
  const [program = '', ...args] = command
  const started = performance.now()
  const { stdout, error } = spawnSync(program, args, {
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: 2 ** 30,
    encoding: 'utf8',
  })
  if (error) throw new Error(`${program} could not be run: apt-get install ${program}`, { cause: error })
  return { milliseconds: performance.now() - started, output: stdout }
}

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')

export interface Run {
  readonly child: ChildProcessWithoutNullStreams
  readonly out: () => string
  readonly err: () => string
  readonly code: Promise<number | null>
}

/** A line of `--json`. */
export const sampleShape = v.strictObject({
  time: v.number(),
  host: v.string(),
  metrics: v.record(v.string(), v.nullable(v.number())),
})

export const lines = (run: Run): string[] => run.out().split('\n').slice(0, -1)

/** The command line as its users have it: built, a process of its own, with a home directory that is new for each test. */
export class BuiltProgram {
  /** Of the built program. */
  file = ''
  home = ''
  /** The agent that the program finds; none unless a test starts one. */
  agentSocket: string | null = null
  readonly #runs: Run[] = []

  start(command: string, args: readonly string[]): Run {
    const child = spawn(command, args, { env: this.#environment() })
    const output = { out: '', err: '' }
    child.stdout.on('data', (data: Buffer) => (output.out += data.toString()))
    child.stderr.on('data', (data: Buffer) => (output.err += data.toString()))
    const code = new Promise<number | null>((done) => child.once('close', (exit) => done(exit)))
    const run = { child, out: () => output.out, err: () => output.err, code }
    this.#runs.push(run)
    return run
  }

  readonly xcpDiag = (...args: string[]): Run => this.start(process.execPath, [this.file, ...args])

  /** By a shell, which opens descriptors and pipes as people do. */
  readonly inShell = (line: string): Run =>
    this.start('/bin/bash', [
      '-o',
      'pipefail',
      '-c',
      line.replace('xcp-diag', `${process.execPath} ${this.file}`),
    ])

  /** With a terminal of its own. */
  readonly onTerminal = (...args: string[]): Run =>
    this.start('script', ['-qec', [process.execPath, this.file, ...args].join(' '), '/dev/null'])

  /** Before each test. */
  begin(): void {
    this.agentSocket = null
    this.home = mkdtempSync(join(tmpdir(), 'xcp-cli-home-'))
    mkdirSync(join(this.home, '.ssh'), { mode: 0o700 })
  }

  /** After each test: nothing that it started goes on. */
  async end(): Promise<void> {
    for (const { child, code } of this.#runs.splice(0)) {
      child.kill('SIGKILL')
      await code
    }
    rmSync(this.home, { recursive: true, force: true })
  }

  #environment(): NodeJS.ProcessEnv {
    const own: NodeJS.ProcessEnv = {
      ...process.env,
      HOME: this.home,
      XCP_DIAG_CONFIG: join(this.home, 'config'),
    }
    if (this.agentSocket === null) delete own['SSH_AUTH_SOCK']
    else own['SSH_AUTH_SOCK'] = this.agentSocket
    return own
  }
}

/** Builds the program for the tests of a file. */
export function useProgram(): BuiltProgram {
  const program = new BuiltProgram()
  let directory: string
  beforeAll(async () => {
    mkdirSync(join(root, '.cache'), { recursive: true })
    directory = mkdtempSync(join(root, '.cache/cli-test-'))
    await build({
      configFile: false,
      root,
      logLevel: 'error',
      resolve: { alias: { '@shared': join(root, 'src/shared'), '@engine': join(root, 'src/engine') } },
      build: {
        ssr: true,
        outDir: join(directory, 'node'),
        target: 'node20.19',
        rolldownOptions: {
          input: { cli: join(root, 'src/cli/index.ts') },
          output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
        },
      },
    })
    program.file = join(directory, 'node/cli.js')
  }, 120_000)
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  beforeEach(() => program.begin())
  afterEach(() => program.end())
  return program
}

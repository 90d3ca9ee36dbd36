import { rmSync } from 'node:fs'
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import { DiagnosticError } from '@shared/errors'
import type { ScenarioName } from '@shared/model/demo'
import * as v from 'valibot'

/**
 * Runs the simulator for the engine's demo hosts, in a worker thread of the engine's process: an engine that dies
 * takes it along, however it dies, and a packaged desktop, which cannot be run as Node, has it too. Each has a
 * folder of its own that only its owner can enter, named after the process, so that what a killed engine left is
 * found and removed by the next.
 */

const startTime = 20_000
/** For the simulator's own ending; less than the shells' patience with the engine. */
const stopTime = 700
const prefix = 'xcpdemo'
/** Its Unix sockets lie 30 characters below, and a path of one has 104 at most. */
const longestFolder = 50

const endpoints = v.object({
  ssh: v.object({
    host: v.string(),
    port: v.number(),
    user: v.string(),
    key: v.string(),
    hostKey: v.string(),
  }),
})
type Endpoints = v.InferOutput<typeof endpoints>

export interface DemoProgram {
  readonly ssh: Endpoints['ssh']
  /** Ends it and removes its folder. */
  close(): Promise<void>
}

/** What starts demo hosts, or null where the simulator cannot run: it needs Unix sockets and a shell. */
export function demoStarter(program: string): ((scenario: ScenarioName) => Promise<DemoProgram>) | null {
  return process.platform === 'win32' ? null : (scenario) => startDemo(program, scenario)
}

async function startDemo(program: string, scenario: ScenarioName): Promise<DemoProgram> {
  const parent = parentFolder()
  await removeLeftovers(parent)
  // mkdtemp makes it 0700.
  const folder = await mkdtemp(join(parent, `${prefix}-${process.pid}-`))
  const atExit = (): void => rmSync(folder, { recursive: true, force: true })
  process.once('exit', atExit)
  const worker = new Worker(program, {
    argv: ['--dir', folder, '--ssh-port', '0', '--scenario', scenario],
    stdout: true,
    stderr: true,
    // The shell's options of Node, such as a debugger's port, are not the simulator's.
    execArgv: [],
  })
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve())).then(async () => {
    process.off('exit', atExit)
    await rm(folder, { recursive: true, force: true })
  })
  const close = async (): Promise<void> => {
    worker.postMessage('stop')
    const timer = setTimeout(() => void worker.terminate(), stopTime)
    await ended
    clearTimeout(timer)
  }
  try {
    return { ssh: (await firstLine(worker, program)).ssh, close }
  } catch (error) {
    await worker.terminate()
    await ended
    throw error
  }
}

/** Where the simulator's paths hold no character that a shell treats specially, and its sockets have room. */
function parentFolder(): string {
  const usual = tmpdir()
  return usual.length <= longestFolder && /^[\w./@%+=:,-]+$/.test(usual) ? usual : '/tmp'
}

function firstLine(worker: Worker, program: string): Promise<Endpoints> {
  return new Promise((resolve, reject) => {
    let said = ''
    const fail = (why: string): void =>
      reject(
        new DiagnosticError('internal', `The demo host did not start: ${why}`, {
          where: program,
          hint: 'Build the console with "npm run build", and look whether the folder for temporary files is full.',
        }),
      )
    const timer = setTimeout(() => fail('it takes too long.'), startTime)
    const settle = (act: () => void): void => {
      clearTimeout(timer)
      act()
    }
    worker.stderr.on('data', (bytes: Buffer) => (said = (said + bytes.toString()).slice(-2_000)))
    worker.once('error', (error) => settle(() => fail(error.message)))
    worker.once('exit', () => settle(() => fail(said.trim() || 'it ended at once.')))
    createInterface({ input: worker.stdout }).once('line', (line) =>
      settle(() => {
        try {
          resolve(v.parse(endpoints, JSON.parse(line)))
        } catch {
          fail('it said something else than where it is.')
        }
      }),
    )
  })
}

/** Folders of this user's engines that were killed before they could remove them. */
async function removeLeftovers(parent: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(`${prefix}-`))
  for (const name of names) {
    const pid = Number(new RegExp(`^${prefix}-(\\d+)-`).exec(name)?.[1])
    if (!Number.isInteger(pid) || pid <= 0 || runs(pid)) continue
    const folder = join(parent, name)
    const found = await lstat(folder).catch(() => null)
    if (found?.isDirectory() === true && found.uid === process.getuid?.())
      await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's runs, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** A copy of the project with its own scripts and build, and small sources. */
export interface TestProject {
  readonly directory: string
  write(path: string, content: string): Promise<void>
  copy(path: string): Promise<void>
  run(script: string, args: string[], nodeArgs?: string[]): Run
  remove(): Promise<void>
}

export interface Run {
  readonly child: ChildProcessWithoutNullStreams
  readonly out: () => string
  readonly err: () => string
  readonly exitCode: Promise<number | null>
}

const shared = [
  'scripts',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
]

/** Entries of the build that these tests do not look at. */
const otherPrograms = [
  'src/cli/index.ts',
  'src/simulator/index.ts',
  'src/main/index.ts',
  'src/main/engine/engine-process.ts',
  'src/preload/index.ts',
]

export async function makeProject(): Promise<TestProject> {
  await mkdir(join(root, '.cache'), { recursive: true })
  const directory = await mkdtemp(join(root, '.cache/project-'))
  const running = new Set<Run>()
  const project: TestProject = {
    directory,
    async write(path, content) {
      await mkdir(dirname(join(directory, path)), { recursive: true })
      await writeFile(join(directory, path), content)
    },
    copy: (path) => cp(join(root, path), join(directory, path), { recursive: true }),
    run(script, args, nodeArgs = []) {
      const started = start([...nodeArgs, join(directory, script), ...args])
      running.add(started)
      return started
    },
    async remove() {
      for (const { child, exitCode } of running) {
        child.kill('SIGTERM')
        await exitCode
      }
      await rm(directory, { recursive: true, force: true })
    },
  }
  for (const path of shared) await project.copy(path)
  for (const path of otherPrograms) await project.write(path, 'export {}\n')
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'))
  return project
}

function start(args: string[]): Run {
  const child = spawn(process.execPath, args, { env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '' } })
  const output = { out: '', err: '' }
  child.stdout.on('data', (data: Buffer) => (output.out += data.toString()))
  child.stderr.on('data', (data: Buffer) => (output.err += data.toString()))
  return {
    child,
    out: () => output.out,
    err: () => output.err,
    exitCode: new Promise((resolve) => child.once('close', resolve)),
  }
}

import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build } from 'vite'

/** A TypeScript module built as a program of its own, for tests that start, stop and kill processes. */
export interface ChildProgram {
  /** Its process, with what it prints and sends; ended by `stopAll`. */
  start(...parameters: string[]): Child
  /** Kills what still runs, and removes the build. */
  remove(): Promise<void>
}

export interface Child {
  readonly process: ChildProcess
  readonly messages: unknown[]
  /** Resolves with the next message; rejects when the process ends before it. */
  nextMessage(): Promise<unknown>
  /** Resolves once it is gone, with the exit code, null when a signal ended it. */
  readonly ended: Promise<number | null>
}

const root = resolve(import.meta.dirname, '../..')

export async function buildChildProgram(entry: string): Promise<ChildProgram> {
  await mkdir(join(root, '.cache'), { recursive: true })
  const directory = await mkdtemp(join(root, '.cache/child-'))
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: { alias: { '@shared': resolve(root, 'src/shared'), '@engine': resolve(root, 'src/engine') } },
    build: {
      ssr: true,
      outDir: directory,
      target: 'node20.19',
      rolldownOptions: { input: { program: resolve(root, entry) }, output: { entryFileNames: '[name].js' } },
    },
  })
  const running = new Set<Child>()
  return {
    start(...parameters) {
      const child = startChild(join(directory, 'program.js'), parameters)
      running.add(child)
      void child.ended.then(() => running.delete(child))
      return child
    },
    async remove() {
      for (const child of running) child.process.kill('SIGKILL')
      await Promise.all([...running].map((child) => child.ended))
      await rm(directory, { recursive: true, force: true })
    },
  }
}

function startChild(file: string, parameters: readonly string[]): Child {
  const process = fork(file, parameters, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const messages: unknown[] = []
  process.on('message', (message) => messages.push(message))
  const ended = once(process, 'exit').then(() => process.exitCode)
  return {
    process,
    messages,
    ended,
    nextMessage: () =>
      new Promise((resolve, reject) => {
        process.once('message', resolve)
        process.once('exit', (code) => reject(new Error(`The program ended with ${code}.`)))
      }),
  }
}

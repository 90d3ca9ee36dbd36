import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import { build } from 'vite'

const root = resolve(import.meta.dirname, '../..')
const register = resolve(root, 'e2e/electron/double/register.mjs')

/** One text of a source file replaced by another. */
export interface Change {
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** The desktop's main program with all that it imports, built into `folder`, beside an engine that only begins. */
export async function buildDesktop(folder: string, change?: Change): Promise<string> {
  let replaced = 0
  const changed = change && resolve(root, 'src', change.file)
  const built = await build({
    configFile: false,
    root: join(root, 'src'),
    logLevel: 'error',
    resolve: { alias: { '@shared': join(root, 'src/shared'), '@engine': join(root, 'src/engine') } },
    plugins: [
      {
        name: 'change',
        enforce: 'pre',
        transform(code, id) {
          if (!change || id !== changed) return undefined
          if (code.includes(change.find)) replaced++
          return code.replace(change.find, () => change.replace)
        },
      },
    ],
    build: {
      ssr: join(root, 'src/main/index.ts'),
      write: false,
      minify: false,
      rolldownOptions: { external: ['electron'], output: { format: 'es', codeSplitting: false } },
    },
    ssr: { noExternal: true, external: ['electron'] },
  })
  if (change && replaced !== 1) throw new Error(`${change.file} does not hold "${change.find}" once.`)
  const [bundle] = [built].flat()
  const chunk = bundle && 'output' in bundle ? bundle.output[0] : undefined
  for (const part of ['node', 'renderer', 'preload']) mkdirSync(join(folder, part), { recursive: true })
  writeFileSync(join(folder, 'renderer/index.html'), '<!doctype html><head></head>')
  writeFileSync(join(folder, 'preload/index.cjs'), '')
  writeFileSync(
    join(folder, 'node/desktop-engine.js'),
    `process.parentPort.on('message', ({ data }) => {
      if (data.type === 'begin') process.parentPort.postMessage({ type: 'ready' })
      if (data.type === 'ping') process.parentPort.postMessage({ type: 'pong' })
      if (data.type === 'stop') process.exit(0)
    })`,
  )
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const program = join(folder, 'node/desktop.js')
  writeFileSync(program, chunk?.code ?? '')
  return program
}

const told = v.looseObject({
  type: v.string(),
  id: v.optional(v.number()),
  request: v.optional(v.number()),
  what: v.optional(v.string()),
  details: v.optional(v.array(v.unknown())),
  preferences: v.optional(v.record(v.string(), v.unknown())),
})
export type Told = v.InferOutput<typeof told>

/** A program on the double with nobody at its screen but the test, which says what the window did. */
export class ProgramOnDouble {
  readonly child: ChildProcess
  readonly folder: string
  readonly heard: Told[] = []
  errors = ''
  #request = 0

  constructor(program: string, folder = mkdtempSync(join(tmpdir(), 'xd-'))) {
    this.folder = folder
    this.child = fork(program, [], {
      execArgv: ['--import', register],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      env: { ...process.env, XCP_DIAG_CONFIG: folder },
    })
    this.child.stderr?.on('data', (data: Buffer) => (this.errors += data.toString()))
    this.child.on('message', (message) => {
      const parsed = v.safeParse(told, message)
      if (parsed.success) this.heard.push(parsed.output)
    })
  }

  /** What it said of this type, as soon as it did; null when it ended or kept silent. */
  async hear(matches: (message: Told) => boolean, deadline = 10_000): Promise<Told | null> {
    const end = Date.now() + deadline
    for (;;) {
      const found = this.heard.find(matches)
      if (found) return found
      if (Date.now() > end || this.child.exitCode !== null) return null
      await new Promise((wake) => setTimeout(wake, 10))
    }
  }

  tell(message: Record<string, unknown>): void {
    if (this.child.connected) this.child.send(message)
  }

  /** Its decision; undefined when there was none. */
  async ask(message: Record<string, unknown>): Promise<unknown> {
    const request = ++this.#request
    this.tell({ ...message, request })
    const answer = await this.hear((heard) => heard.type === 'answer' && heard.request === request)
    return answer?.['value']
  }

  recorded(what: string): unknown[][] {
    return this.heard.flatMap((one) =>
      one.type === 'record' && one.what === what ? [one.details ?? []] : [],
    )
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit')
      this.child.kill('SIGKILL')
      await ended
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}

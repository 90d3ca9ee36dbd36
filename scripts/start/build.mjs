import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { withProgress } from './progress.mjs'
import { isBuilt } from './sources.mjs'

/** A failure that needs no stack: its message says what to do. */
export class StartError extends Error {}

/** Builds out/ unless it is a build of the sources as they are. */
export async function ensureBuilt(root) {
  if (await isBuilt(root)) return
  const cli = join(root, 'node_modules/electron-vite/bin/electron-vite.js')
  if (!existsSync(cli)) {
    throw new StartError('The packages are not installed. Run "npm ci" in the project\'s folder first.')
  }
  await withProgress('Building the console', () => runBuild(root, cli))
}

/** In a process of its own: its memory goes with it. Its output matters only when it fails. */
function runBuild(root, cli) {
  const child = spawn(process.execPath, [cli, 'build', '--logLevel', 'warn', '--ignoreConfigWarning'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = []
  child.stdout.on('data', (data) => output.push(data))
  child.stderr.on('data', (data) => output.push(data))
  const interrupt = (signal) => {
    child.kill(signal)
    process.exit(1)
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      process.off('SIGINT', interrupt)
      process.off('SIGTERM', interrupt)
      if (code === 0) resolve()
      else
        reject(new StartError(`${Buffer.concat(output).toString()}\nThe build failed; the reason is above.`))
    })
  })
}

/** The same for a program: what keeps it from being built is said, and it ends. */
export async function ensureBuiltOrExit(root) {
  try {
    await ensureBuilt(root)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    console.error(error.message)
    process.exit(1)
  }
}

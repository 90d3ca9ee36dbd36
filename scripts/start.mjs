/**
 * `npm start`: checks Node, builds when needed, and opens the console. Flags are the web console's (`--help`).
 * This file must be readable for old versions of Node: they get an answer, too.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const needed = [20, 19]

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  console.error(
    `The console needs Node ${needed.join('.')} or newer (24 is recommended); this is ${process.versions.node}.`,
  )
  process.exit(1)
}

const { ensureBuilt, StartError } = await import('./start/build.mjs')
try {
  await ensureBuilt(root)
} catch (error) {
  if (!(error instanceof StartError)) throw error
  console.error(error.message)
  process.exit(1)
}

if (!process.argv.includes('--web') && !process.argv.includes('--help')) {
  const binary = existsSync(join(root, 'node_modules/electron/path.txt'))
  console.error(
    binary
      ? 'This version has no window of its own yet: serving the web console.'
      : "Electron's binary is not installed: serving the web console.",
  )
}
await import(pathToFileURL(join(root, 'out/node/web.js')).href)

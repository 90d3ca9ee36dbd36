/**
 * `npm start`: checks Node, builds when needed, and opens the console: on the desktop where Electron's binary is there
 * or can be fetched and there is a screen, else in the browser. Flags are the web console's (`--help`).
 * This file must be readable for old versions of Node: they get an answer, too.
 */
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

const { ensureBuiltOrExit } = await import('./start/build.mjs')
await ensureBuiltOrExit(root)

const { chooseShell, runElectron } = await import('./start/electron.mjs')
const args = process.argv.slice(2)
const { env, platform } = process
const shell = await chooseShell({ args, env, platform, root, uid: process.getuid?.() })
if ('binary' in shell) process.exit(await runElectron(shell.binary, root, args))
if (shell.why !== null) console.error(`${shell.why}: serving the web console.`)
await import(pathToFileURL(join(root, 'out/node/web.js')).href)

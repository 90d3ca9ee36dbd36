/** `npm run simulate`: builds when needed, and runs a simulated XCP host (`-- --help`). */
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ensureBuiltOrExit } from './start/build.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
await ensureBuiltOrExit(root)
await import(pathToFileURL(join(root, 'out/node/simulate.js')).href)

/** `npm run simulate`: builds when needed, and runs a simulated XCP host (`-- --help`). */
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ensureBuilt, StartError } from './start/build.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
try {
  await ensureBuilt(root)
} catch (error) {
  if (!(error instanceof StartError)) throw error
  console.error(error.message)
  process.exit(1)
}
await import(pathToFileURL(join(root, 'out/node/simulate.js')).href)

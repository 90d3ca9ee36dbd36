import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

/** What the build depends on, beside src/. */
const others = [
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'scripts/precompress.ts',
  'tsconfig.base.json',
]
const irrelevant = /(\.test\.ts$)|(\/testing\/)/

/** Where a finished build says what it was made of. */
export const buildIdPath = (root) => join(root, 'out/build-id')

/** A digest of names and contents of everything that the build depends on; file times do not matter. */
export async function sourcesId(root) {
  const entries = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true })
  const sources = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !irrelevant.test(path))
  const hash = createHash('sha256')
  for (const path of [...sources, ...others].sort()) {
    const content = await readFile(join(root, path)).catch(() => Buffer.from('absent'))
    hash.update(`${path}\0${content.byteLength}\0`).update(content)
  }
  return hash.digest('hex')
}

/** Whether out/ holds a whole build of what the sources are now. */
export async function isBuilt(root) {
  const built = await readFile(buildIdPath(root), 'utf8').catch(() => null)
  return built !== null && built === (await sourcesId(root))
}

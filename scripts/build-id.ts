import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Plugin } from 'vite'
import { buildIdPath, sourcesId } from './start/sources.mjs'

/**
 * Marks a finished build with what it was made of, so that `npm start` builds only when something changed.
 * `begin` belongs to the first target and `end` to the last: a build that broke off has no mark. The sources are
 * read at the beginning, so that a change during the build counts as one after it.
 */
export function buildId(root: string): { begin: Plugin; end: Plugin } {
  const path = buildIdPath(root)
  let id = ''
  return {
    begin: {
      name: 'build-id-begin',
      apply: 'build',
      async buildStart() {
        await rm(path, { force: true })
        id = await sourcesId(root)
      },
    },
    end: {
      name: 'build-id-end',
      apply: 'build',
      writeBundle: {
        order: 'post',
        async handler() {
          await mkdir(dirname(path), { recursive: true })
          await writeFile(path, id)
        },
      },
    },
  }
}

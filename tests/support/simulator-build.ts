import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build } from 'vite'

const root = resolve(import.meta.dirname, '../..')

/** The simulator as a program, as the real build makes it. */
export async function buildSimulator(): Promise<{ program: string; remove(): Promise<void> }> {
  await mkdir(join(root, '.cache'), { recursive: true })
  const directory = await mkdtemp(join(root, '.cache/simulate-'))
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: { alias: { '@shared': join(root, 'src/shared'), '@engine': join(root, 'src/engine') } },
    build: {
      ssr: true,
      outDir: directory,
      target: 'node20.19',
      rolldownOptions: {
        input: { simulate: join(root, 'src/simulator/index.ts') },
        output: { entryFileNames: '[name].js' },
      },
    },
  })
  return {
    program: join(directory, 'simulate.js'),
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}

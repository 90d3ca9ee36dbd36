import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { build } from 'vite'

/** The shell as programs, laid out as the real build is, around the test engine. */
export interface TestBuild {
  readonly directory: string
  /** The shell's program. */
  readonly web: string
  /** The engine process's program. */
  readonly engineModule: string
  readonly renderer: string
  remove(): Promise<void>
}

const root = resolve(import.meta.dirname, '../../..')

export const testPages: Readonly<Record<string, string>> = {
  'index.html': '<!doctype html><head><meta name="csp-nonce" content="%CSP_NONCE%"></head><p>the page',
  'assets/index-AbCd_123.js': `export const text = ${JSON.stringify('console '.repeat(400))}\n`,
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
}

export async function buildForTest(): Promise<TestBuild> {
  await mkdir(join(root, '.cache'), { recursive: true })
  const directory = await mkdtemp(join(root, '.cache/web-test-'))
  const source = (path: string): string => resolve(root, 'src', path)
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: {
      alias: [
        { find: '@engine/engine', replacement: source('web/testing/engine.ts') },
        { find: '@shared', replacement: source('shared') },
      ],
    },
    build: {
      ssr: true,
      outDir: join(directory, 'node'),
      target: 'node20.19',
      rolldownOptions: {
        input: { web: source('web/index.ts'), 'web-engine': source('web/engine-process.ts') },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
      },
    },
  })
  const renderer = join(directory, 'renderer')
  for (const [path, content] of Object.entries(testPages)) {
    await mkdir(dirname(join(renderer, path)), { recursive: true })
    await writeFile(join(renderer, path), content)
  }
  return {
    directory,
    web: join(directory, 'node/web.js'),
    engineModule: join(directory, 'node/web-engine.js'),
    renderer,
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}

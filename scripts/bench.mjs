/**
 * `npm run bench -- NAME [ARGUMENTS]`: measured ratios against other tools, each with its peer in the same run.
 * Every folder of bench/ with a run.ts is a bench; without a name all of them run. Results go to bench/record.json.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'

const root = resolve(import.meta.dirname, '..')
const record = resolve(root, 'bench/record.json')
const available = readdirSync(resolve(root, 'bench'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(resolve(root, 'bench', entry.name, 'run.ts')))
  .map((entry) => entry.name)

const [name, ...rest] = process.argv.slice(2)
if (name && !available.includes(name)) {
  console.error(`bench: no bench "${name}". There are: ${available.join(', ')}.`)
  process.exit(2)
}

/** Bundles one bench for Node and imports it: `run(args)` answers `{ figure, value, unit, peer?, aim? }[]`. */
async function load(bench) {
  const outDir = resolve(root, 'node_modules/.cache/bench', bench)
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    resolve: { alias: { '@shared': resolve(root, 'src/shared'), '@engine': resolve(root, 'src/engine') } },
    build: {
      ssr: resolve(root, 'bench', bench, 'run.ts'),
      outDir,
      emptyOutDir: true,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: 'run.mjs' } },
    },
  })
  return import(pathToFileURL(resolve(outDir, 'run.mjs')).href)
}

const round = (value) => (value === null ? null : Number(value.toPrecision(3)))
const results = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {}
for (const bench of name ? [name] : available) {
  console.log(`\n== ${bench}`)
  const { run } = await load(bench)
  const figures = await run(rest)
  for (const { figure, value, unit, peer, aim, met } of figures) {
    const verdict = met === undefined ? '' : met ? 'met' : 'MISSED'
    console.log(
      [
        figure.padEnd(62),
        `${round(value)} ${unit}`.padEnd(16),
        (peer ?? '').padEnd(44),
        aim ? `aim ${aim}` : '',
        verdict,
      ]
        .join(' ')
        .trimEnd(),
    )
  }
  results[bench] = {
    measured: new Date().toISOString().slice(0, 10),
    node: process.version,
    processor: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    figures: figures.map((entry) => ({ ...entry, value: round(entry.value) })),
  }
  mkdirSync(resolve(root, 'bench'), { recursive: true })
  writeFileSync(record, `${JSON.stringify(results, null, 2)}\n`)
}

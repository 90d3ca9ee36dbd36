/**
 * `npm test`: tools, lint, types, build, unit and end-to-end tests, and one line at the end that counts them all.
 * `--only lint,types,build,unit,e2e` runs some of them.
 */
import { installMissingTools } from './test/tools.mjs'
import { playwrightCounts, vitestCounts } from './test/counts.mjs'
import { run, runQuietly } from './test/run.mjs'

const npx = (...args) => ['npx', '--no-install', ...args]
const reports = 'test-results'

const steps = {
  lint: () =>
    commandCounts([
      npx('eslint', '.', '--max-warnings', '0'),
      npx('prettier', '--check', '--log-level', 'warn', '.'),
    ]),
  types: () =>
    commandCounts([
      ...['shared', 'node', 'tests'].map((zone) => npx('tsc', '-p', `tsconfig.${zone}.json`)),
      npx('vue-tsc', '-p', 'tsconfig.renderer.json'),
    ]),
  build: () => commandCounts([npx('electron-vite', 'build', '--logLevel', 'warn')]),
  unit: async () => {
    const report = `${reports}/unit.json`
    const code = await run(
      npx('vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`),
    )
    return vitestCounts(report, code)
  },
  e2e: async () => {
    const report = `${reports}/e2e.json`
    const code = await run(npx('playwright', 'test'), { PLAYWRIGHT_JSON_OUTPUT_FILE: report })
    return playwrightCounts(report, code)
  },
}

/** Each command that must succeed counts as one check. */
async function commandCounts(commands) {
  let failed = 0
  for (const command of commands) if ((await runQuietly(command)) !== 0) failed++
  return { passed: commands.length - failed, failed, skipped: [] }
}

const onlyAt = process.argv.indexOf('--only')
const wanted = onlyAt < 0 ? Object.keys(steps) : (process.argv[onlyAt + 1] ?? '').split(',')
const unknown = wanted.filter((name) => !Object.hasOwn(steps, name))
if (unknown.length > 0) {
  console.error(`test: no step "${unknown.join(', ')}". There are: ${Object.keys(steps).join(', ')}.`)
  process.exit(2)
}

await installMissingTools()
const total = { passed: 0, failed: 0, skipped: [] }
for (const name of wanted) {
  const started = Date.now()
  console.log(`\n== ${name}`)
  const counts = await steps[name]()
  total.passed += counts.passed
  total.failed += counts.failed
  total.skipped.push(...counts.skipped)
  console.log(
    `== ${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped, ${Math.round((Date.now() - started) / 1000)} s`,
  )
}

for (const { title, reason } of total.skipped) console.log(`skipped: ${title}${reason ? ` (${reason})` : ''}`)
// Only what needs the real Electron binary may be left out where everything else can be installed.
const unexcused = process.env.CI
  ? total.skipped.filter(({ title }) => !title.includes('[real electron]'))
  : []
for (const { title } of unexcused) console.error(`"${title}" must not be skipped in continuous integration.`)
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`)
process.exit(total.failed > 0 || unexcused.length > 0 || total.passed === 0 ? 1 : 0)

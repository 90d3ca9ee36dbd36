import { stat, unlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeProject, type TestProject } from './project'

let project: TestProject

beforeAll(async () => {
  project = await makeProject()
  // Programs that say what they were given, in place of the console.
  await project.write('src/web/index.ts', `console.log('served', ...process.argv.slice(2))\n`)
  await project.write('src/web/engine-process.ts', 'export {}\n')
  await project.write('src/renderer/index.html', '<script type="module" src="./main.ts"></script>\n')
  await project.write('src/renderer/main.ts', `console.log('page')\n`)
})
afterAll(() => project.remove())

interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
  /** Whether a build was made for it. */
  readonly built: boolean
}

async function start(args: string[] = ['--web'], nodeArgs: string[] = []): Promise<Outcome> {
  const id = join(project.directory, 'out/build-id')
  const before = await stat(id).catch(() => null)
  const run = project.run('scripts/start.mjs', args, nodeArgs)
  const code = await run.exitCode
  const after = await stat(id).catch(() => null)
  return { code, out: run.out(), err: run.err(), built: after !== null && after.mtimeMs !== before?.mtimeMs }
}

describe('npm start', () => {
  test('builds what changed and only then, and hands all flags on', async () => {
    const first = await start(['--web', '--port', '8123', '--no-open'])
    expect(first).toMatchObject({ code: 0, out: 'served --web --port 8123 --no-open\n', built: true })
    expect(await start()).toEqual({ code: 0, out: 'served --web\n', err: '', built: false })

    const page = join(project.directory, 'src/renderer/main.ts')
    await utimes(page, new Date(), new Date())
    await project.write('src/web/some.test.ts', 'new')
    expect(await start()).toMatchObject({ code: 0, built: false })

    await project.write('src/web/index.ts', `console.log('changed')\n`)
    expect(await start()).toMatchObject({ code: 0, out: 'changed\n', built: true })
    await unlink(page)
    await project.write('src/renderer/index.html', '<p>no script\n')
    expect(await start()).toMatchObject({ code: 0, built: true })
  }, 180_000)

  test('says that there is no window where it was not asked for the web console', async () => {
    const { code, err } = await start([])
    expect(code).toBe(0)
    expect(err).toMatch(/^[^\n]*serving the web console\.\n$/)
  })

  test('shows why a build failed, and tries again the next time', async () => {
    await project.write('src/web/index.ts', `import './absent'\n`)
    const failed = await start()
    expect(failed).toMatchObject({ code: 1, out: '', built: false })
    expect(failed.err).toContain('./absent')
    expect(failed.err).toMatch(/The build failed; the reason is above\.\n$/)
    await project.write('src/web/index.ts', `console.log('well again')\n`)
    expect(await start()).toMatchObject({ code: 0, out: 'well again\n', built: true })
  }, 180_000)

  test('names the command that installs what is missing', async () => {
    const bare = await makeProject()
    await unlink(join(bare.directory, 'node_modules'))
    await bare.write('src/a.ts', '')
    const run = bare.run('scripts/start.mjs', [])
    expect(await run.exitCode).toBe(1)
    expect(run.err()).toContain('Run "npm ci"')
    await bare.remove()
  })

  test.each([
    ['18.20.8', false],
    ['20.18.3', false],
    ['20.19.0', true],
    ['22.0.0', true],
  ])('on Node %s: %s', async (version, served) => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`
    const outcome = await start(
      ['--web'],
      ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`],
    )
    expect(outcome.code).toBe(served ? 0 : 1)
    if (!served) {
      expect(outcome.err).toBe(
        `The console needs Node 20.19 or newer (24 is recommended); this is ${version}.\n`,
      )
    }
  })
})

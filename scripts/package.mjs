/**
 * `npm run package`: installers of this system, by electron-builder, and a look at what is in them. Its several hundred
 * packages are no part of the project: this pinned version is fetched when it is needed.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuilt, StartError } from './start/build.mjs'
import { electronBinary, fetchElectron } from './start/electron.mjs'
import { readAsar, wrongContents } from './package/contents.mjs'
import { wrongFuses } from './package/fuses.mjs'

const builder = 'electron-builder@26.17.0'
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const config = JSON.parse(readFileSync(join(root, 'electron-builder.json'), 'utf8'))

function fail(message) {
  console.error(message)
  process.exit(1)
}

try {
  await ensureBuilt(root)
} catch (error) {
  if (!(error instanceof StartError)) throw error
  fail(error.message)
}
if (!electronBinary(root)) {
  const why = await fetchElectron(root)
  if (why !== null || !electronBinary(root)) {
    fail(
      `No package was made: Electron's binary is not installed and could not be fetched (${why ?? 'it is not there'}).\n` +
        'Where it can be reached, "npx install-electron --no" puts it into node_modules/electron; the release workflow does.',
    )
  }
}
const made = spawnSync('npx', ['--yes', builder, '--config', 'electron-builder.json', '--publish', 'never'], {
  cwd: root,
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
if (made.status !== 0) fail('No package was made: electron-builder failed, its reason is above.')

const output = join(root, config.directories.output)
const files = readdirSync(output, { recursive: true }).map((name) => name.replaceAll('\\', '/'))
const wrong = []
for (const file of files.filter((name) => name.endsWith('/app.asar'))) {
  const { paths, unsealed } = readAsar(readFileSync(join(output, file)))
  wrong.push(...wrongContents(paths), ...unsealed.map((path) => `${path} has no hash`))
}
const programs = new RegExp(
  `-unpacked/${config.executableName}(\\.exe)?$|Electron Framework\\.framework/Electron Framework$`,
)
for (const file of files.filter((name) => programs.test(name))) {
  wrong.push(
    ...wrongFuses(readFileSync(join(output, file)), config.electronFuses).map(
      (name) => `${file}: fuse ${name}`,
    ),
  )
}
if (!files.some((name) => name.endsWith('/app.asar')) || !files.some((name) => programs.test(name))) {
  wrong.push('there is no unpacked application to look at')
}
if (wrong.length > 0) fail(`The packages are not as they should be:\n  ${wrong.join('\n  ')}`)
console.log(`Packages are in ${output}; what is in them and their fuses were looked at.`)

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { withProgress } from './progress.mjs'

/** Milliseconds without a byte after which a download is given up. */
export const silence = 20_000
/** After a failed download nobody waits again for so long. */
const rest = 24 * 60 * 60_000

/** What asks for the web console: its own options mean nothing on the desktop. */
const webOptions = ['--web', '--help', '--port', '--no-open']

/**
 * Which shell `npm start` runs: Electron's binary, or the web console and why.
 * @returns {Promise<{ binary: string } | { why: string | null }>}
 */
export async function chooseShell({ args, env, platform, root, uid, fetch = fetchElectron }) {
  if (args.some((arg) => webOptions.includes(arg.split('=')[0]))) return { why: null }
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return { why: 'There is no screen' }
  // Chromium does without its sandbox there, and the console does not do without it.
  if (platform === 'linux' && uid === 0) return { why: "Electron's sandbox does not work for root" }
  const there = electronBinary(root, env)
  if (there) return { binary: there }
  const marker = join(root, '.cache/electron-not-fetched')
  if (existsSync(marker) && Date.now() - statSync(marker).mtimeMs < rest) {
    return { why: `Electron's binary could not be fetched lately (remove ${marker} to try again)` }
  }
  const failure = await fetch(root)
  const fetched = failure === null ? electronBinary(root, env) : null
  if (fetched) {
    rmSync(marker, { force: true })
    return { binary: fetched }
  }
  mkdirSync(join(root, '.cache'), { recursive: true })
  writeFileSync(marker, '')
  return {
    why: `Electron's binary is not installed and could not be fetched (${failure ?? 'it is not there'})`,
  }
}

/** Where the installed package has its binary; null without one. */
export function electronBinary(root, env = process.env) {
  const folder = join(root, 'node_modules/electron')
  try {
    const name = readFileSync(join(folder, 'path.txt'), 'utf8').trim()
    const binary = join(env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), name)
    return existsSync(binary) ? binary : null
  } catch {
    return null
  }
}

/** Runs the package's own installer, which has no install script. Resolves with null, or why there is no binary. */
export function fetchElectron(root, quietFor = silence) {
  const folder = join(root, 'node_modules/electron')
  const installer = join(folder, 'install.js')
  if (!existsSync(installer)) return Promise.resolve('its package is not installed')
  return withProgress("Fetching Electron's binary", () =>
    install(installer, [join(folder, 'dist')], quietFor),
  )
}

/** Ends an installer when nothing has grown for `quietFor` ms: neither its temporary files nor what it unpacks. */
export async function install(installer, places, quietFor) {
  const absent = places.filter((place) => !existsSync(place))
  const temporary = mkdtempSync(join(process.env.TMPDIR ?? '/tmp', 'xcp-electron-'))
  const child = spawn(process.execPath, [installer], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
  })
  let told = ''
  child.stderr.on('data', (data) => (told = (told + data).slice(-4_000)))
  let size = -1
  let changed = performance.now()
  let givenUp = false
  const watch = setInterval(
    async () => {
      const now = await sizeOf([temporary, ...places])
      if (now !== size) {
        size = now
        changed = performance.now()
      } else if (performance.now() - changed >= quietFor) {
        givenUp = true
        child.kill('SIGKILL')
      }
    },
    Math.min(1_000, quietFor / 4),
  )
  const code = await new Promise((resolve) => {
    child.once('error', () => resolve(1))
    child.once('close', resolve)
  })
  clearInterval(watch)
  rmSync(temporary, { recursive: true, force: true })
  // Half of a binary is none.
  if (code !== 0) for (const place of absent) rmSync(place, { recursive: true, force: true })
  if (givenUp) return `nothing arrived for ${Math.round(quietFor / 1_000)} s`
  return code === 0 ? null : (/^\w*Error: .*$/m.exec(told)?.[0] ?? 'its installer failed')
}

async function sizeOf(places) {
  let sum = 0
  for (const place of places) {
    const names = await readdir(place, { recursive: true }).catch(() => [])
    for (const name of names) sum += (await stat(join(place, name)).catch(() => ({ size: 0 }))).size
  }
  return sum
}

/** Runs the desktop application; resolves with its exit code. */
export function runElectron(binary, root, args) {
  const child = spawn(binary, [root, ...args], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`Electron could not be started: ${error.message}`)
      resolve(1)
    })
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

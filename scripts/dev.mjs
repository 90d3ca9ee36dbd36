/**
 * `npm run dev`: the web console with hot reload. Pages come from Vite; a change of the engine restarts its process
 * (tabs reconnect by themselves); a change of the shell restarts the shell (tabs need a new address).
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { resolveConfig } from 'electron-vite'
import { build, createServer, mergeConfig } from 'vite'
import { withProgress } from './start/progress.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const out = join(root, 'out/dev')
const shellModule = join(out, 'dev-shell.js')
const engineModule = join(out, 'web-engine.js')

process.env.NODE_ENV_ELECTRON_VITE = 'development'
const resolved = await resolveConfig({ root, ignoreConfigWarning: true }, 'serve', 'development')
const { main, renderer } = resolved.config

let port = null
let shell = null
let attended = false
let restarts = 0
let digests = {}

/** What was built last, to tell which of the two programs has changed. Chunks have hashes in their names. */
const digestOf = async (path) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')

async function startShell() {
  const dev = await import(`${pathToFileURL(shellModule).href}?restart=${restarts++}`)
  const parsed = dev.parseOptions(process.argv.slice(2))
  if (!('options' in parsed)) {
    console.error('mistake' in parsed ? `${parsed.mistake}\n\n${dev.usage}` : dev.usage)
    process.exit('mistake' in parsed ? 2 : 0)
  }
  const asked = port ?? parsed.options.port
  try {
    shell = await dev.startDevShell({
      port: asked,
      engineModule,
      createVite: (server) => createServer(viteConfig(server, dev.cspNonce)),
    })
  } catch (error) {
    console.error(dev.describeFailure(error, asked))
    process.exit(1)
  }
  port = shell.port
  if (attended) console.log(`The shell was restarted. Console: ${shell.launchUrl()}`)
  else dev.attend({ shell: () => shell, openBrowser: parsed.options.openBrowser })
  attended = true
}

const viteConfig = (server, cspNonce) =>
  mergeConfig(renderer, {
    configFile: false,
    appType: 'custom',
    html: { cspNonce },
    // The shell has checked Host and Origin; other origins get nothing, so there is nothing to share.
    server: { middlewareMode: true, hmr: { server }, cors: false },
  })

async function built() {
  const before = digests
  digests = { shell: await digestOf(shellModule), engine: await digestOf(engineModule) }
  if (shell === null) await startShell()
  else if (digests.shell !== before.shell) {
    await shell.close()
    await startShell()
  } else if (digests.engine !== before.engine) shell.engine.restart()
}

const watcher = await build(
  mergeConfig(main, {
    configFile: false,
    logLevel: 'warn',
    build: {
      outDir: out,
      emptyOutDir: true,
      watch: {},
      rolldownOptions: { input: { 'dev-shell': join(root, 'src/web/dev-shell.ts') } },
    },
  }),
)
// One after the other: a change may come while the shell is being restarted.
let work = Promise.resolve()
const first = new Promise((resolve) => {
  watcher.on('event', (event) => {
    if (event.code === 'ERROR') console.error(String(event.error?.message ?? event.error))
    if (event.code !== 'END') return
    work = work.then(built).catch((error) => console.error(error))
    void work.then(resolve)
  })
})
await withProgress('Building the engine and the shell', () => first)

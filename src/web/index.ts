import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { serveStatic } from '../server/serve-static'
import { readStaticFiles, type StaticFiles } from '../server/static-files'
import { openBrowser } from './browser'
import { parseOptions, usage, type WebOptions } from './options'
import { startShell, type Shell } from './shell'

/** The loopback web console as a program. Built to out/node beside the engine's process. */

const engineModule = join(import.meta.dirname, 'web-engine.js')
const rendererDirectory = join(import.meta.dirname, '../renderer')

/** Milliseconds within which everything ends, whatever hangs. */
const endTime = 2_800

const log = (line: string): void => void process.stderr.write(`${line}\n`)
const printUrl = (url: string): void => void process.stdout.write(`Console: ${url}\n`)

async function main(): Promise<void> {
  const parsed = parseOptions(process.argv.slice(2))
  if ('help' in parsed) {
    process.stdout.write(usage)
    return
  }
  if ('mistake' in parsed) {
    log(`${parsed.mistake}\n\n${usage}`)
    process.exitCode = 2
    return
  }
  const files = await readStaticFiles(rendererDirectory).catch(() => null)
  if (!files?.has('/index.html')) {
    log(`The console's pages are not built: ${rendererDirectory} has no index.html. Run "npm run build".`)
    process.exitCode = 1
    return
  }
  try {
    run(await start(parsed.options, files), parsed.options)
  } catch (error) {
    log(describeFailure(error, parsed.options.port))
    process.exitCode = 1
  }
}

function start({ port }: WebOptions, files: StaticFiles): Promise<Shell> {
  return startShell({
    port,
    engineModule,
    assets: () => ({ serve: (request, response) => serveStatic(files, request, response) }),
    log,
  })
}

function run(shell: Shell, options: WebOptions): void {
  endOnSignals(shell)
  printUrl(shell.launchUrl())
  // The terminal's address stays good when the browser has used its own.
  if (options.openBrowser) openBrowser(shell.launchUrl())
  createInterface({ input: process.stdin, terminal: false })
    .on('line', () => {
      shell.engine.start()
      printUrl(shell.launchUrl())
    })
    .on('error', () => undefined)
}

function endOnSignals(shell: Shell): void {
  let ending = false
  const end = (): void => {
    if (ending) return
    ending = true
    setTimeout(() => process.exit(1), endTime)
    shell.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log(`The console did not end cleanly: ${String(error)}`)
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
}

function describeFailure(error: unknown, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    return `Port ${port} of 127.0.0.1 is in use by another program. Choose another with --port N, or leave it out.`
  }
  if (code === 'EACCES') return `Port ${port} of 127.0.0.1 needs more rights. Choose one above 1023.`
  return `The console could not start: ${error instanceof Error ? error.message : String(error)}`
}

// A terminal or pipe that goes away takes its lines with it, not the console.
for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on('error', () => undefined)
await main()

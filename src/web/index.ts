import { join } from 'node:path'
import { serveStatic } from '../server/serve-static'
import { readStaticFiles } from '../server/static-files'
import { parseOptions, usage, type WebOptions } from './options'
import { startShell } from './shell'
import { attend, describeFailure, log } from './terminal'

/** The loopback web console as a program. Built to out/node beside the engine's process. */

const engineModule = join(import.meta.dirname, 'web-engine.js')
const rendererDirectory = join(import.meta.dirname, '../renderer')

async function main(): Promise<void> {
  const parsed = parseOptions(process.argv.slice(2))
  if ('help' in parsed) {
    process.stdout.write(usage)
  } else if ('mistake' in parsed) {
    log(`${parsed.mistake}\n\n${usage}`)
    process.exitCode = 2
  } else {
    await serve(parsed.options)
  }
}

async function serve({ port, openBrowser }: WebOptions): Promise<void> {
  const files = await readStaticFiles(rendererDirectory).catch(() => null)
  if (!files?.has('/index.html')) {
    log(`The console's pages are not built: ${rendererDirectory} has no index.html. Run "npm run build".`)
    process.exitCode = 1
    return
  }
  try {
    const shell = await startShell({
      port,
      engineModule,
      assets: () => ({ serve: (request, response) => serveStatic(files, request, response) }),
      log,
    })
    attend({ shell: () => shell, openBrowser })
  } catch (error) {
    log(describeFailure(error, port))
    process.exitCode = 1
  }
}

await main()

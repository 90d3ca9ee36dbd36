import { app, ipcMain, protocol } from 'electron'
import { readWindowFiles, schemes } from './content/app-protocol'
import { Desktop } from './desktop'
import { createLog } from './log'
import { openedAddress, openedByArguments, openedByHandover, openedFile } from './opened'
import { build, placesIn } from './places'
import { guardContents } from './security/navigation'

/** The console as a desktop application: joins Electron's parts; each does its work in a module of its own. */

const log = createLog((line) => void process.stderr.write(line))
const places = placesIn(app.getPath('appData'), process.env['XCP_DIAG_CONFIG'])

// Before Electron is ready.
app.setPath('userData', places.chromium)
app.enableSandbox()
protocol.registerSchemesAsPrivileged(schemes)
app.on('web-contents-created', (_, contents) => guardContents(contents, log))

/** Arguments that are not Electron's own: packaged, the program is the first; otherwise its folder comes second. */
const opened = openedByArguments(process.argv.slice(app.isPackaged ? 1 : 2), process.cwd())

if (app.requestSingleInstanceLock({ opened })) run()
else app.quit()

function run(): void {
  const desktop = new Desktop({ places, log, ipc: ipcMain })
  desktop.open(opened)
  app.on('second-instance', (_, __, ___, data) => {
    desktop.show()
    desktop.open(openedByHandover(data))
  })
  // macOS gives files and links as events.
  app.on('open-url', (event, url) => {
    event.preventDefault()
    const address = openedAddress(url)
    if (address) desktop.open([address])
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    const file = openedFile(path)
    if (file) desktop.open([file])
  })
  app.on('activate', () => desktop.show())
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  app.on('before-quit', (event) => {
    if (!desktop.mayQuit()) event.preventDefault()
  })
  // npm passes on what the terminal has sent already: the second one changes nothing.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit())
  app
    .whenReady()
    .then(async () => desktop.start(await readWindowFiles(build.window)))
    .catch((error: unknown) => {
      log.line(`The console could not start: ${error instanceof Error ? error.message : String(error)}`)
      app.exit(1)
    })
}

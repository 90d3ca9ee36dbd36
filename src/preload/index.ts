import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { bridgeName, channels, type DesktopBridge, type Incoming } from '@shared/desktop'

/**
 * Runs in an isolated world before the window's page, and gives it one link: `post` and `on`. The page sees neither
 * `ipcRenderer` nor events nor ports; channel names are fixed here. What passes is checked where it arrives: by the
 * main process and by the engine.
 */

let listener: ((message: Incoming) => void) | undefined
let engine: MessagePort | undefined
const waiting: Incoming[] = []

function tell(message: Incoming): void {
  if (listener) listener(message)
  else waiting.push(message)
}

function leaveEngine(): void {
  engine?.close()
  engine = undefined
}

ipcRenderer.on(channels.engine, (event) => {
  const port = event.ports[0]
  if (!port) return
  leaveEngine()
  engine = port
  port.addEventListener('message', ({ data }: MessageEvent<string | Uint8Array>) => {
    if (engine === port) tell({ kind: 'engine', frame: data })
  })
  port.addEventListener('close', () => {
    if (engine !== port) return
    engine = undefined
    tell({ kind: 'closed' })
  })
  port.start()
  tell({ kind: 'open' })
})

ipcRenderer.on(channels.link, (_, text: unknown) => {
  if (typeof text === 'string') tell({ kind: 'shell', text })
})

const bridge: DesktopBridge = {
  post(message) {
    if (message.kind === 'engine') engine?.postMessage(message.frame)
    else if (message.kind === 'disconnect') leaveEngine()
    else ipcRenderer.send(channels.link, message.text)
  },
  on(next) {
    listener = next
    for (const message of waiting.splice(0)) next(message)
  },
}
contextBridge.exposeInMainWorld(bridgeName, bridge)

// A file that is dropped would otherwise replace the page; that navigation is refused, and the file is opened here.
addEventListener('dragover', (event) => {
  if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
})
addEventListener('drop', (event) => {
  const files = [...(event.dataTransfer?.files ?? [])]
  if (files.length === 0) return
  event.preventDefault()
  ipcRenderer.send(
    channels.dropped,
    files.map((file) => webUtils.getPathForFile(file)).filter((path) => path !== ''),
  )
})

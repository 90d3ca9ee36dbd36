import { join } from 'node:path'
import { createEngine, type Engine } from '@engine/engine'
import type { DiagnosticError } from '@shared/errors'
import { createFrameCarrier } from '@shared/rpc/frame-carrier'
import type { MessagePortMain } from 'electron'
import * as v from 'valibot'
import { version } from '../../../package.json'
import { demoStarter } from '../../server/demo-host'
import { framePortOf } from './message-port'
import { toEngine, type FoundKey, type FromEngine } from './messages'

/**
 * The engine's own process under Electron, a utilityProcess: started by the shell, told over its parent port, gone
 * with it. What is printed here appears in the shell's terminal.
 */

/** Milliseconds for the engine's own ending; the shell's patience is longer. */
const stopTime = 1_500
/** Of a message from the window: requests are small. */
const messageLimits = { most: 1024 * 1024, onRefused }

const startDemo = demoStarter(join(import.meta.dirname, 'simulate.js'))

const parent = process.parentPort as typeof process.parentPort | undefined
if (!parent) {
  process.stderr.write('This is a part of the desktop console, started by it.\n')
  process.exit(2)
}

// A terminal sends these to every process in it. The shell decides, and says "stop".
process.on('SIGINT', () => undefined)
process.on('SIGHUP', () => undefined)
process.on('SIGTERM', stop)

let created: Promise<Engine> | undefined
let stopping = false

parent.on('message', ({ data, ports }) => {
  const message = v.parse(toEngine, data)
  if (message.type === 'begin') begin(message.vaultKey)
  else if (message.type === 'connect') void connect(ports[0])
  else if (message.type === 'ping') tell({ type: 'pong' })
  else stop()
})

function begin(found: FoundKey): void {
  const vault = 'key' in found ? { vaultKey: found.key } : { noKeyStore: found.reason }
  created ??= createEngine({ version, onRefused, startDemo, ...vault })
  created.then(
    () => tell({ type: 'ready' }),
    (error: unknown) => {
      process.stderr.write(`The engine could not start: ${describe(error)}\n`)
      process.exit(1)
    },
  )
}

async function connect(port: MessagePortMain | undefined): Promise<void> {
  if (!port || !created) return
  const engine = await created
  engine.serve(createFrameCarrier(framePortOf(port), messageLimits))
}

function stop(): void {
  if (stopping) return
  stopping = true
  setTimeout(() => process.exit(1), stopTime).unref()
  Promise.resolve(created)
    .then((engine) => engine?.close())
    .then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`The engine did not end cleanly: ${describe(error)}\n`)
        process.exit(1)
      },
    )
}

/** The peer broke the protocol and lost its connection; where, and never what it sent. */
function onRefused({ message, where }: DiagnosticError): void {
  process.stderr.write(`Refused a window: ${message}${where === undefined ? '' : ` (${where})`}\n`)
}

function tell(message: FromEngine): void {
  parent?.postMessage(message)
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

import { Socket } from 'node:net'
import { join } from 'node:path'
import { createEngine } from '@engine/engine'
import type { DiagnosticError } from '@shared/errors'
import * as v from 'valibot'
import { version } from '../../package.json'
import { demoStarter } from '../server/demo-host'
import { EngineDoor } from './engine-door'
import { toEngine, type ToShell } from './engine-messages'
import { carrierLimits } from './limits'

/**
 * The engine's own process: started by the shell, told over IPC, gone with it. What is printed here appears in
 * the shell's terminal.
 */

/** Milliseconds for the engine's own ending; the shell's patience is longer. */
const stopTime = 1_500

const startDemo = demoStarter(join(import.meta.dirname, 'simulate.js'))

if (!process.send) {
  process.stderr.write('This is a part of the web console, started by it. Use "npm start -- --web".\n')
  process.exit(2)
}

// A terminal sends these to every process in it. The shell decides, and says "stop".
process.on('SIGINT', () => undefined)
process.on('SIGHUP', () => undefined)
process.on('SIGTERM', stop)
process.on('disconnect', stop)
process.on('message', (message, handle) => {
  const parsed = v.parse(toEngine, message)
  if (parsed.type === 'stop') stop()
  else if (parsed.type === 'ping') tell({ type: 'pong' })
  else if (parsed.type === 'released') door?.released(parsed.id)
  else door?.adopt(parsed.id, parsed.upgrade, handle instanceof Socket ? handle : undefined)
})

let stopping = false
/** The shell sends no connection before `ready`. */
let door: EngineDoor | undefined
const created = Promise.resolve().then(() => createEngine({ version, onRefused, startDemo }))
created.then(
  (engine) => {
    door = new EngineDoor({ limits: carrierLimits, serve: (carrier) => engine.serve(carrier), tell })
    tell({ type: 'ready' })
  },
  (error: unknown) => {
    process.stderr.write(`The engine could not start: ${describe(error)}\n`)
    process.exit(1)
  },
)

function stop(): void {
  if (stopping) return
  stopping = true
  setTimeout(() => process.exit(1), stopTime).unref()
  door?.close()
  created
    .then((engine) => engine.close())
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

function tell(message: ToShell): void {
  // The callback takes the error of a shell that has just gone: 'disconnect' follows.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

import { fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { fileURLToPath } from 'node:url'
import { fromHolder, transfer } from './ports.mjs'
import { strict } from './strict.mjs'

const shim = new URL('./utility-child.mjs', import.meta.url).href

/** utilityProcess: a forked Node process with a parent port. */
class UtilityProcess extends EventEmitter {
  pid = undefined
  #child
  #ports = new Set()

  constructor(module, args, { stdio, execArgv = [], serviceName, ...others }) {
    super()
    const unknown = Object.keys(others)
    if (unknown.length > 0)
      throw new Error(`The test double of Electron forks without ${unknown.join(', ')}.`)
    if (typeof serviceName !== 'string') throw new Error('A service name is expected.')
    if (stdio[0] !== 'ignore') throw new Error('Electron supports no standard input of a utility process.')
    this.#child = fork(module, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [...execArgv, '--import', shim],
      serialization: 'advanced',
    })
    setImmediate(() => {
      this.pid = this.#child.pid
      this.emit('spawn')
    })
    this.#child.on('message', (message) => {
      if (message.type === 'message') this.emit('message', message.data)
      else fromHolder(message)
    })
    this.#child.once('exit', (code, signal) => {
      for (const port of this.#ports) fromHolder({ type: 'port-close', port })
      this.emit('exit', code ?? signalNumber(signal))
      this.pid = undefined
    })
  }

  postMessage(message, ports = []) {
    const data = structuredClone(message)
    const tell = (said) => this.#send(said)
    const ids = transfer(ports, tell, (given) => this.#send({ type: 'message', data, ports: given }))
    for (const id of ids) this.#ports.add(id)
    // Ports that go to nobody are closed.
    if (!this.#child.connected) for (const port of ids) fromHolder({ type: 'port-close', port })
  }

  kill() {
    return this.#child.kill('SIGTERM')
  }

  #send(message) {
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }
}

const signalNumber = (signal) => (signal === 'SIGKILL' ? 9 : 15)

export const utilityProcess = strict('utilityProcess', {
  fork: (module, args = [], options = {}) =>
    new UtilityProcess(module.startsWith('file:') ? fileURLToPath(module) : module, args, options),
})

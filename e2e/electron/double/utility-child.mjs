import { EventEmitter } from 'node:events'

/** In the forked process: `process.parentPort`, with ports that are relayed by the double's main process. */

const held = new Map()
const send = (message) => process.connected && process.send(message, undefined, undefined, () => undefined)

class HeldPort extends EventEmitter {
  #id
  #started = false
  #queue = []

  constructor(id) {
    super()
    this.#id = id
    held.set(id, this)
  }

  postMessage(message) {
    if (held.has(this.#id)) send({ type: 'port-message', port: this.#id, data: structuredClone(message) })
  }

  start() {
    this.#started = true
    for (const emit of this.#queue.splice(0)) emit()
  }

  close() {
    if (!held.delete(this.#id)) return
    send({ type: 'port-close', port: this.#id })
    this.emit('close')
  }

  receive(message) {
    const emit = () => {
      if (message.type === 'port-message') this.emit('message', { data: message.data, ports: [] })
      else if (held.delete(this.#id)) this.emit('close')
    }
    if (this.#started) emit()
    else this.#queue.push(emit)
  }
}

/** Messages wait until somebody listens. */
class ParentPort extends EventEmitter {
  #queue = []

  postMessage(data) {
    send({ type: 'message', data: structuredClone(data) })
  }

  on(name, listener) {
    super.on(name, listener)
    if (name === 'message') for (const event of this.#queue.splice(0)) this.emit('message', event)
    return this
  }

  receive(event) {
    if (this.listenerCount('message') > 0) this.emit('message', event)
    else this.#queue.push(event)
  }
}

const parentPort = new ParentPort()
Object.defineProperty(process, 'parentPort', { value: parentPort })
process.on('message', (message) => {
  if (message.type === 'message') {
    parentPort.receive({ data: message.data, ports: message.ports.map((id) => new HeldPort(id)) })
  } else held.get(message.port)?.receive(message)
})
// Chromium ends a utility process whose browser has gone.
process.on('disconnect', () => process.exit(1))

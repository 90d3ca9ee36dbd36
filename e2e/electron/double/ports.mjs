import { EventEmitter } from 'node:events'

/**
 * MessagePortMain and MessageChannelMain. A port that was transferred lives on in another process: here stays a relay
 * for it. Messages wait until `start`; order is kept; `close` on one side is told to the other, once.
 */

let lastId = 0
/** Relays of ports that other processes hold, by id. */
const relays = new Map()

/** One end: what arrives for it goes to `receive`, in order, once there is one. */
class End {
  peer = null
  open = true
  #queue = []
  #receiver = null

  attach(receiver) {
    this.#receiver = receiver
    for (const item of this.#queue.splice(0)) this.#give(item)
  }

  detach() {
    this.#receiver = null
  }

  send(data) {
    if (this.open) this.peer.#take({ data })
  }

  close() {
    if (!this.open) return
    this.open = false
    this.peer.#take({ closed: true })
  }

  #take(item) {
    if (!this.open) return
    if (this.#receiver) setImmediate(() => this.#receiver && this.#give(item))
    else this.#queue.push(item)
  }

  #give(item) {
    if (!this.open) return
    if (item.closed) {
      this.open = false
      this.#receiver.closed()
    } else this.#receiver.message(item.data)
  }
}

export class MessagePortMain extends EventEmitter {
  #end
  #started = false

  constructor(end) {
    super()
    this.#end = end
  }

  postMessage(message, transfer = []) {
    if (transfer.length > 0) throw new Error('The test double of Electron sends no ports through ports.')
    if (!this.#end) return
    this.#end.send(structuredClone(message))
  }

  start() {
    if (this.#started || !this.#end) return
    this.#started = true
    this.#end.attach({
      message: (data) => this.emit('message', { data, ports: [] }),
      closed: () => this.emit('close'),
    })
  }

  close() {
    this.#end?.close()
    this.emit('close')
    this.#end = null
  }

  /** For the double: takes the end out, as a transfer does; the port is of no use any more. */
  neuter() {
    if (!this.#end) throw new Error('Port at index 0 is already neutered')
    if (this.#started) throw new Error('The test double of Electron transfers no port that was started.')
    const end = this.#end
    this.#end = null
    return end
  }
}

export class MessageChannelMain {
  constructor() {
    const [one, two] = [new End(), new End()]
    one.peer = two
    two.peer = one
    this.port1 = new MessagePortMain(one)
    this.port2 = new MessagePortMain(two)
  }
}

/**
 * Hands ports to another process, which `tell(message)` reaches; `announce(ids)` brings it the ids that it knows them by,
 * before anything that waits in them. Returns the ids.
 */
export function transfer(ports, tell, announce) {
  const ends = ports.map((port) => port.neuter())
  const ids = ends.map((end) => {
    relays.set(++lastId, end)
    return lastId
  })
  announce(ids)
  for (const [index, end] of ends.entries()) {
    const id = ids[index]
    end.attach({
      message: (data) => tell({ type: 'port-message', port: id, data }),
      closed: () => {
        relays.delete(id)
        tell({ type: 'port-close', port: id })
      },
    })
  }
  return ids
}

/** What another process said about a port that it holds. */
export function fromHolder(message) {
  const end = relays.get(message.port)
  if (!end) return
  if (message.type === 'port-message') end.send(message.data)
  else {
    relays.delete(message.port)
    end.close()
  }
}

import { EventEmitter } from 'node:events'

/** The way to the test, which has the browser: over Node's IPC channel. Without one, nothing is shown. */
class Display extends EventEmitter {
  constructor() {
    super()
    process.on('message', (message) => this.emit(message.type, message))
    // The channel alone keeps no application alive.
    process.channel?.unref()
  }

  tell(message) {
    if (process.connected) process.send(message, undefined, undefined, () => undefined)
  }

  /** What the system would have shown or done, for the test to look at. */
  record(what, ...details) {
    this.tell({ type: 'record', what, details })
  }
}

export const display = new Display()

import { Worker } from 'node:worker_threads'

/** Load of one kind, in a thread of its own so that the sampling is not delayed by it. */
export interface PlantedLoad {
  /** Bytes written to the disk or received over the loopback interface so far. */
  readonly done: () => number
  stop(): Promise<void>
}

const busy = 'for (;;) Math.sqrt(performance.now())'

const writing = (path: string): string => `
const { openSync, writeSync, fsyncSync } = require('node:fs')
const { parentPort } = require('node:worker_threads')
const file = openSync(${JSON.stringify(path)}, 'w')
const block = require('node:crypto').randomBytes(1 << 20)
let written = 0
setInterval(() => {
  // Always the same 16 MiB: the file does not grow.
  writeSync(file, block, 0, block.length, written % (16 << 20))
  fsyncSync(file)
  written += block.length
  parentPort.postMessage(written)
}, 20)`

const sending = `
const net = require('node:net')
const { parentPort } = require('node:worker_threads')
const block = Buffer.alloc(1 << 18)
let received = 0
const server = net.createServer((socket) => {
  socket.on('data', (data) => { received += data.length })
})
server.listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1')
  setInterval(() => {
    if (!client.writableNeedDrain) client.write(block)
    parentPort.postMessage(received)
  }, 5)
})`

function start(code: string): PlantedLoad {
  const worker = new Worker(code, { eval: true })
  let done = 0
  worker.on('message', (report: unknown) => {
    if (typeof report === 'number') done = report
  })
  return {
    done: () => done,
    stop: async () => {
      await worker.terminate()
    },
  }
}

export const plantBusyThread = (): PlantedLoad => start(busy)
export const plantDiskWrites = (path: string): PlantedLoad => start(writing(path))
export const plantLoopbackTraffic = (): PlantedLoad => start(sending)

import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { TruthRecorder } from './services/truth'

export interface TruthServer {
  readonly path: string
  close(): Promise<void>
}

/** A Unix socket that tells each client what really happened, and ends. */
export async function serveTruth(path: string, truth: TruthRecorder): Promise<TruthServer> {
  await rm(path, { force: true })
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.end(`${JSON.stringify(truth.snapshot())}\n`)
  })
  server.listen(path)
  await once(server, 'listening')
  return {
    path,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

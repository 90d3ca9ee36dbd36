import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createEngine } from '@engine/engine'
import type { HostSummary } from '@shared/model/host'
import type { Carrier } from '@shared/rpc/carrier'
import { RpcClient } from '@shared/rpc/client'
import { decodeMessage, encodeMessage } from '@shared/rpc/wire'

/** The engine in a process of its own, as under both shells, so that its CPU and memory can be told from the bench's. */
export interface EngineProcess {
  readonly pid: number
  readonly client: RpcClient
  /** As last told; changes come at most ten times a second. */
  hosts(): readonly HostSummary[]
  close(): Promise<void>
}

interface Messages {
  readonly connected: boolean
  send?(message: unknown, handle: undefined, options: undefined, sent: () => void): unknown
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'disconnect', listener: () => void): unknown
}

/** The child's side; `node -e` calls it. */
export async function engineProcess(): Promise<void> {
  const engine = await createEngine({
    version: 'bench',
    folder: process.env['BENCH_FOLDER'] ?? '',
    connect: 'nothing',
  })
  process.on('disconnect', () => void engine.close().finally(() => process.exit(0)))
  engine.serve(ipcCarrier(process))
  process.send?.('ready')
}

/** `home` is where the engine finds ~/.ssh, and keeps its settings. */
export async function startEngine(home: string): Promise<EngineProcess> {
  const code = `import(${JSON.stringify(import.meta.url)}).then((bench) => bench.engineProcess())`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
    env: { ...process.env, HOME: home, BENCH_FOLDER: `${home}/console`, SSH_AUTH_SOCK: '' },
  })
  await readiness(child)
  const client = new RpcClient(ipcCarrier(child))
  let hosts: readonly HostSummary[] = []
  client.subscribe('hosts.watch', {}, { next: (list) => (hosts = list) })
  return {
    pid: child.pid ?? 0,
    client,
    hosts: () => hosts,
    async close() {
      const exited = once(child, 'exit')
      child.disconnect()
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await exited
      clearTimeout(late)
    },
  }
}

async function readiness(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('exit', (code) => reject(new Error(`the engine ended with ${code}`)))
  })
  child.removeAllListeners('exit')
}

function ipcCarrier(channel: Messages): Carrier {
  return {
    post(message) {
      // The callback takes the error of a process that has just gone.
      if (channel.connected) channel.send?.(encodeMessage(message), undefined, undefined, () => undefined)
    },
    onMessage: (receive) =>
      void channel.on('message', (frame) => {
        if (typeof frame === 'string' || frame instanceof Uint8Array) receive(decodeMessage(frame))
      }),
    onClose: (closed) => void channel.on('disconnect', () => closed('the process ended')),
    close: () => undefined,
  }
}

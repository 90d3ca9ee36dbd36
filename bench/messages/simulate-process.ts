import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startSimulatedHost, type SimulatedHost } from '../../src/simulator/simulated-host'

/** The child's side; `node -e` calls it. It stands in for a host, so it has a process of its own. */
export async function simulateProcess(): Promise<void> {
  const host = await startSimulatedHost({
    directory: process.env['BENCH_DIRECTORY'] ?? '',
    messagesPerSecond: Number(process.env['BENCH_RATE']),
  })
  process.on('disconnect', () => void host.close().finally(() => process.exit(0)))
  process.on('message', (wish) => {
    if (wish === 'rest') host.rest()
    void (wish === 'rest' ? Promise.resolve() : host.goOn()).then(() => process.send?.('done'))
  })
  process.send?.({ endpoints: host.endpoints })
}

export interface SimulatedProcess extends Pick<SimulatedHost, 'endpoints'> {
  readonly pid: number
  /** Its services rest, or go on. */
  tell(wish: 'rest' | 'go on'): Promise<void>
  close(): Promise<void>
}

/** What {@link simulateProcess} sends first; both sides are in this file. */
const isReady = (message: unknown): message is Pick<SimulatedHost, 'endpoints'> =>
  typeof message === 'object' && message !== null && 'endpoints' in message

export async function startSimulateProcess(directory: string, rate: number): Promise<SimulatedProcess> {
  const code = `import(${JSON.stringify(import.meta.url)}).then((bench) => bench.simulateProcess())`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, BENCH_DIRECTORY: directory, BENCH_RATE: String(rate) },
  })
  const told: unknown[] = await once(child, 'message')
  const [first] = told
  if (!isReady(first)) throw new Error('the simulated host did not start')
  const { endpoints } = first
  return {
    endpoints,
    pid: child.pid ?? 0,
    async tell(wish) {
      const done = once(child, 'message')
      child.send(wish)
      await done
    },
    async close() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

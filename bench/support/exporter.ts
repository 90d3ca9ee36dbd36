import type { ChildProcess } from 'node:child_process'
import { get } from 'node:http'
import { cpuSeconds, startUntil, stop } from './process'

export const fourCollectors = [
  '--collector.disable-defaults',
  '--collector.cpu',
  '--collector.meminfo',
  '--collector.netdev',
  '--collector.diskstats',
]

/** prometheus-node-exporter, scraped every second until it is stopped. */
export class Exporter {
  /** Of the answers' bodies. */
  bytes = 0
  readonly #child: ChildProcess
  readonly #port: number
  readonly #timer: NodeJS.Timeout

  constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.#port = port
    this.#timer = setInterval(() => void this.scrape(), 1_000)
  }

  /** Seconds. */
  get cpu(): number {
    return cpuSeconds(this.#child.pid ?? 0)
  }

  /** Bytes of one answer; NaN where there is none. */
  scrape(headers: Record<string, string> = {}): Promise<number> {
    return new Promise((resolve) => {
      get({ port: this.#port, host: '127.0.0.1', path: '/metrics', headers }, (answer) => {
        let length = 0
        answer.on('data', (chunk: Buffer) => (length += chunk.length))
        answer.on('end', () => {
          this.bytes += length
          resolve(length)
        })
      }).on('error', () => resolve(NaN))
    })
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await stop(this.#child)
  }
}

export async function startExporter(port: number, options: readonly string[] = []): Promise<Exporter> {
  const listen = `--web.listen-address=127.0.0.1:${port}`
  const { child } = await startUntil('prometheus-node-exporter', [listen, ...options], /[Ll]istening on/)
  return new Exporter(child, port)
}

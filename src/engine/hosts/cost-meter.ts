import type { HostCost } from '@shared/model/host'
import type { InstanceRef, SampleGroup, SourceSink } from '../sink'
import type { Transport } from '../transports/transport'
import type { Clock } from '../clock'

const self: InstanceRef = { class: 'console', id: 'self', name: 'this console' }
const interval = 1_000
const window = 60_000

export const costClasses = { console: 'what this console itself costs the host' }

interface Reading {
  readonly at: number
  readonly cpuSeconds: number | null
  readonly bytes: number
}

/** Samples what the console costs the host: as metrics `/metrics/console/self/*`, and as the mean of a minute. */
export class CostMeter {
  readonly #transport: Transport
  readonly #clock: Clock
  readonly #group: SampleGroup
  readonly #cpuAt: number
  readonly #bytesAt: number
  readonly #readings: Reading[] = []

  constructor(transport: Transport, sink: SourceSink, clock: Clock) {
    this.#transport = transport
    this.#clock = clock
    this.#group = sink.group('cost', interval)
    this.#cpuAt = this.#group.add(
      self,
      {
        name: 'cpu',
        units: 'ratio',
        description: 'CPU the host spends for this console, share of one core',
        type: 'gauge',
      },
      { kind: 'counter' },
    )
    this.#bytesAt = this.#group.add(
      self,
      { name: 'bytes', units: 'bytes/s', description: 'bytes read from the host', type: 'gauge' },
      { kind: 'counter' },
    )
  }

  /** Samples every second until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#sample()
      await this.#clock.sleep(interval, signal)
    }
  }

  /** Mean over the last minute; null until there are two readings. */
  cost(): HostCost {
    const first = this.#readings[0]
    const last = this.#readings.at(-1)
    const seconds = first && last ? (last.at - first.at) / 1000 : 0
    if (!first || !last || seconds <= 0) return { cpu: null, bytes: null }
    const cpu =
      first.cpuSeconds === null || last.cpuSeconds === null
        ? null
        : (last.cpuSeconds - first.cpuSeconds) / seconds
    return { cpu, bytes: (last.bytes - first.bytes) / seconds }
  }

  #sample(): void {
    const { cpuSeconds, bytesRead } = this.#transport.cost()
    const at = this.#clock.monotonic()
    this.#readings.push({ at, cpuSeconds, bytes: bytesRead })
    while ((this.#readings[0]?.at ?? at) < at - window) this.#readings.shift()
    this.#group.raw[this.#cpuAt] = cpuSeconds ?? NaN
    this.#group.raw[this.#bytesAt] = bytesRead
    this.#group.commit(this.#clock.now(), at)
  }
}

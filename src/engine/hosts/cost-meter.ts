import type { HostCost } from '@shared/model/host'
import type { InstanceRef, SampleGroup, SourceSink } from '../sink'
import type { Transport } from '../transports/transport'
import type { Clock } from '../clock'
import { CpuUse } from './cpu-use'

const self: InstanceRef = { class: 'console', id: 'self', name: 'this console' }
const interval = 1_000
const window = 60_000

export const costClasses = { console: 'what this console itself costs the host' }

interface Reading {
  readonly at: number
  readonly bytes: number
}

/** Samples what the console costs the host: as metrics `/metrics/console/self/*`, and as the mean of a minute. */
export class CostMeter {
  readonly #transport: Transport
  readonly #clock: Clock
  readonly #group: SampleGroup
  readonly #cpuAt: number
  readonly #bytesAt: number
  readonly #cpu = new CpuUse(window)
  /** Of one connection: a transport counts from 0. */
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
      { kind: 'gauge' },
    )
    this.#bytesAt = this.#group.add(
      self,
      { name: 'bytes', units: 'bytes/s', description: 'bytes read from the host', type: 'gauge' },
      { kind: 'gauge' },
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
    return { cpu: this.#cpu.mean(), bytes: rateOf(this.#readings[0], this.#readings.at(-1)) }
  }

  #sample(): void {
    const { cpuSeconds, cpuReadAt, bytesRead } = this.#transport.cost()
    const at = this.#clock.monotonic()
    if (cpuSeconds !== null) this.#cpu.take({ seenAt: at, readAt: cpuReadAt ?? at, seconds: cpuSeconds })
    this.#readings.push({ at, bytes: bytesRead })
    while ((this.#readings[0]?.at ?? at) < at - window) this.#readings.shift()
    this.#group.raw[this.#cpuAt] = this.#cpu.latest(at) ?? NaN
    this.#group.raw[this.#bytesAt] = rateOf(this.#readings.at(-2), this.#readings.at(-1)) ?? NaN
    this.#group.commit(this.#clock.now(), at)
  }
}

function rateOf(first: Reading | undefined, last: Reading | undefined): number | null {
  if (!first || !last || last.at <= first.at) return null
  return (last.bytes - first.bytes) / ((last.at - first.at) / 1000)
}

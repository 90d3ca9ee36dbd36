import { DiagnosticError, isAborted, toWireError, type WireError } from '@shared/errors'
import type {
  Finding,
  HostDetails,
  HostFacts,
  HostState,
  HostSummary,
  ProcessTable,
} from '@shared/model/host'
import type { Clock } from '../clock'
import { Notifier } from '../notifier'
import { MetricStore } from '../series/metric-store'
import type { SourceSink } from '../sink'
import type { RunningSource } from '../sources/source'
import type { Transport } from '../transports/transport'
import { reconnectDelay } from './back-off'
import { CostMeter, costClasses } from './cost-meter'
import type { HostProfile } from './profile'

const noFacts: HostFacts = {
  hostname: null,
  operatingSystem: null,
  kernel: null,
  architecture: null,
  cores: null,
  processor: null,
  memory: null,
  bootedAt: null,
  virtualization: null,
  timeZone: null,
}
/** Samples that may be missing before the host counts as stale. */
const staleAfterIntervals = 3
const staleCheckInterval = 500
const costSource = 'console'

/** One host's life: open the transport, probe, publish, notice when it goes quiet, come back. */
export class HostSession {
  readonly profile: HostProfile
  readonly metrics = new MetricStore((source) => this.#sampled(source))
  /** Facts and findings. */
  readonly discovery = new Notifier()
  readonly processUpdates = new Notifier()
  readonly #clock: Clock
  readonly #random: () => number
  /** State, cost or freshness is new. */
  readonly #changed: () => void
  #run: { readonly abort: AbortController; readonly done: Promise<void> } | null = null
  #state: HostState = 'disconnected'
  #stage: string | null = null
  #error: WireError | null = null
  #since: number
  #lastSampleAt: number | null = null
  #lastSampleMonotonic = -Infinity
  #interval = 1_000
  #facts = noFacts
  #findings: Finding[] = []
  #processes: ProcessTable | null = null
  #meter: CostMeter | null = null

  constructor(profile: HostProfile, clock: Clock, random: () => number, changed: () => void) {
    this.profile = profile
    this.#clock = clock
    this.#random = random
    this.#changed = changed
    this.#since = clock.now()
    this.metrics.describe(costClasses)
    for (const source of profile.sources) this.metrics.describe(source.classes)
  }

  get processes(): ProcessTable | null {
    return this.#processes
  }

  summary(): HostSummary {
    return {
      id: this.profile.id,
      name: this.profile.name,
      address: this.profile.address,
      state: this.#state,
      stage: this.#stage,
      error: this.#error,
      since: this.#since,
      lastSampleAt: this.#lastSampleAt,
      interval: this.#interval,
      simulated: this.profile.simulated,
      cost: this.#meter?.cost() ?? { cpu: null, bytes: null },
    }
  }

  details(): HostDetails {
    return { facts: this.#facts, findings: this.#findings }
  }

  /** Starts connecting and keeps the host connected until {@link disconnect}; no effect when it already does. */
  connect(): void {
    if (this.#run) return
    const abort = new AbortController()
    this.#run = { abort, done: this.#stayConnected(abort.signal) }
  }

  /** Ends everything on the host; resolves when that is done. */
  async disconnect(): Promise<void> {
    const run = this.#run
    if (!run) return
    run.abort.abort()
    await run.done
    this.#run = null
    this.#enter('disconnected')
  }

  async #stayConnected(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !isAborted(signal); attempt++) {
      const before = this.#lastSampleMonotonic
      try {
        await this.#connectOnce(signal)
      } catch (error) {
        if (isAborted(signal)) return
        this.#error = toWireError(error)
      }
      if (isAborted(signal)) return
      if (this.#lastSampleMonotonic > before) attempt = 0
      if (!worthRetrying(this.#error)) {
        this.#enter('failed')
        return
      }
      this.#enter('reconnecting')
      await this.#clock.sleep(reconnectDelay(attempt, this.#random), signal)
    }
  }

  /** One connection from opening to its end; throws with the reason unless it was asked to end. */
  async #connectOnce(parent: AbortSignal): Promise<void> {
    const abort = new AbortController()
    const forward = (): void => abort.abort()
    parent.addEventListener('abort', forward, { once: true })
    let transport: Transport | null = null
    const sources: RunningSource[] = []
    try {
      if (this.#state !== 'reconnecting') this.#enter('connecting')
      transport = await this.profile.open((stage) => this.#setStage(stage), abort.signal)
      this.#setStage('discover')
      await this.#startSources(transport, abort.signal, sources)
      this.#setStage('sample')
      this.#meter = new CostMeter(transport, this.#sink(costSource), this.#clock)
      const background = [this.#meter.run(abort.signal), this.#watchFreshness(abort.signal)]
      await Promise.race([...sources.map(({ done }) => done), untilAborted(abort.signal)])
      abort.abort()
      await Promise.all(background)
    } finally {
      abort.abort()
      parent.removeEventListener('abort', forward)
      await Promise.allSettled(sources.map((source) => source.close()))
      await transport?.close()
    }
  }

  async #startSources(transport: Transport, signal: AbortSignal, running: RunningSource[]): Promise<void> {
    this.#findings = []
    for (const descriptor of this.profile.sources) {
      const probe = await descriptor.probe({ transport, signal })
      this.#findings = [...this.#findings, ...probe.findings]
      this.#facts = { ...this.#facts, ...probe.facts }
      this.discovery.notify()
      this.metrics.retire(descriptor.kind)
      if (!probe.usable) continue
      running.push(
        await descriptor.open({ transport, signal, clock: this.#clock, sink: this.#sink(descriptor.kind) }),
      )
    }
    if (running.length === 0) {
      throw new DiagnosticError('not-supported', 'Nothing on this host can be read.', {
        where: this.profile.address,
        hint: this.#findings.find(({ available }) => !available)?.detail,
      })
    }
    this.#interval = Math.min(...running.map(({ interval }) => interval))
  }

  #sink(source: string): SourceSink {
    return {
      group: (name, interval) => this.metrics.group(source, name, interval),
      processes: (table) => {
        this.#processes = table
        this.processUpdates.notify()
      },
    }
  }

  /** A sample of any source but our own cost shows that the host answers. */
  #sampled(source: string): void {
    if (source === costSource) return
    this.#lastSampleAt = this.#clock.now()
    this.#lastSampleMonotonic = this.#clock.monotonic()
    if (this.#state !== 'live') this.#enter('live')
  }

  async #watchFreshness(signal: AbortSignal): Promise<void> {
    while (!isAborted(signal)) {
      await this.#clock.sleep(staleCheckInterval, signal)
      if (isAborted(signal)) return
      const age = this.#clock.monotonic() - this.#lastSampleMonotonic
      if (this.#state === 'live' && age > staleAfterIntervals * this.#interval) this.#enter('stale')
      this.#changed()
    }
  }

  #setStage(stage: string): void {
    this.#stage = stage
    this.#changed()
  }

  #enter(state: HostState): void {
    if (state === 'live' || state === 'connecting') this.#error = null
    if (this.#state !== state) this.#since = this.#clock.now()
    this.#state = state
    if (state === 'live' || state === 'disconnected') this.#stage = null
    this.#changed()
  }
}

/** Resolves at the abort, also one that has been already. */
const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** A refusal stays a refusal; a fault of the network or the host may pass. */
function worthRetrying(error: WireError | null): boolean {
  const final: readonly string[] = [
    'authentication-failed',
    'identity-refused',
    'not-supported',
    'bad-request',
    'permission-denied',
  ]
  return error === null || !final.includes(error.code)
}

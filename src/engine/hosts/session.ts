import { DiagnosticError, isAborted, toWireError, type WireError } from '@shared/errors'
import type { Finding, HostDetails, HostState, HostSummary, ProcessTable } from '@shared/model/host'
import type { ConnectStage } from '@shared/model/connection'
import type { Clock } from '../clock'
import { Notifier } from '../notifier'
import { messageClasses } from '../messages/message-metrics'
import type { RowFeed } from '../row-feed'
import type { SeriesBudget } from '../series/budget'
import { MetricStore } from '../series/metric-store'
import type { SourceSink } from '../sink'
import type { RunningSource, SourceContext, SourceDescriptor } from '../sources/source'
import type { Transport } from '../transports/transport'
import { reconnectDelays } from '../transports/common/reconnect'
import { CostMeter, costClasses } from './cost-meter'
import { noFacts } from './facts'
import { keepSourceRunning, troubleOf } from './further-source'
import { HostMessages } from './messages'
import { unlessLost } from './loss'
import type { HostProfile, OpenedHost } from './profile'
import { worthRetrying } from './retrying'
import { serviceTroubles } from './service-troubles'
import { saysSimulated } from './simulated-mark'

/** Samples that may be missing before the host counts as stale. */
const staleAfterIntervals = 3
const staleCheckInterval = 500
const costSource = 'console'

/** What a session shares with the others. */
export interface SessionContext {
  readonly clock: Clock
  /** From [0, 1). */
  readonly random: () => number
  /** Memory for series, of all hosts together. */
  readonly budget: SeriesBudget
  readonly rows: RowFeed
  /** State, cost or freshness is new. */
  readonly changed: () => void
}

/** One host's life: open the transport, probe, publish, notice when it goes quiet, come back. */
export class HostSession {
  readonly profile: HostProfile
  readonly metrics: MetricStore
  /** Buses of control messages that were seen on this host. */
  readonly messages: HostMessages
  /** Facts and findings. */
  readonly discovery = new Notifier()
  readonly processUpdates = new Notifier()
  readonly #clock: Clock
  readonly #random: () => number
  readonly #changed: () => void
  readonly #budget: SeriesBudget
  readonly #rows: RowFeed
  /** Whether somebody wants the host connected. */
  #wanted = false
  #life: Promise<void> | null = null
  #attempt: AbortController | null = null
  #connection: Promise<void> = Promise.resolve()
  #wait: AbortController | null = null
  #state: HostState = 'disconnected'
  #stage: ConnectStage | null = null
  #hop: string | null = null
  #error: WireError | null = null
  #since: number
  #lastSampleAt: number | null = null
  #lastSampleMonotonic = -Infinity
  #interval = 1_000
  #facts = noFacts
  #findings: Finding[] = []
  /** Sources that do not run just now, by their kind. */
  readonly #troubles = new Map<string, Finding>()
  #processes: ProcessTable | null = null
  #meter: CostMeter | null = null
  #opened: OpenedHost | null = null
  #simulated: boolean
  #name: string

  constructor(profile: HostProfile, { clock, random, budget, rows, changed }: SessionContext) {
    this.profile = profile
    this.#simulated = profile.simulated
    this.#name = profile.name
    this.#budget = budget
    this.#rows = rows
    this.messages = new HostMessages(clock, () => this.#clockOffset())
    this.#clock = clock
    this.#random = random
    this.#changed = changed
    this.#since = clock.now()
    this.metrics = new MetricStore(budget, (source) => this.#sampled(source))
    this.metrics.describe(costClasses)
    this.metrics.describe(messageClasses)
    for (const source of profile.sources) this.metrics.describe(source.classes)
  }

  get processes(): ProcessTable | null {
    return this.#processes
  }

  summary(): HostSummary {
    return {
      id: this.profile.id,
      name: this.#name,
      address: this.profile.address,
      state: this.#state,
      stage: this.#stage,
      hop: this.#hop,
      error: this.#error,
      since: this.#since,
      lastSampleAt: this.#lastSampleAt,
      interval: this.#interval,
      simulated: this.#simulated,
      cost: this.#meter?.cost() ?? { cpu: null, bytes: null },
      troubles: this.#state === 'live' ? serviceTroubles(this.messages.boards, this.messages.shift) : [],
    }
  }

  details(): HostDetails {
    return {
      facts: this.#facts,
      findings: [
        ...this.#findings,
        ...this.#troubles.values(),
        ...(this.#opened?.findings?.() ?? []),
        ...this.#omitted(),
      ],
      connection: this.#opened?.connection?.() ?? null,
    }
  }

  #omitted(): Finding[] {
    const { omitted, limit } = this.#budget
    if (omitted === 0) return []
    const detail = `${omitted} metrics of all hosts are not kept: the memory for series (${Math.round(limit / 2 ** 20)} MiB) is full.`
    return [{ source: costSource, subject: 'metrics', available: false, detail }]
  }

  /** Whether it is connected or on the way there, as somebody wished. */
  get wanted(): boolean {
    return this.#wanted
  }

  rename(name: string): void {
    if (name === this.#name) return
    this.#name = name
    this.#changed()
  }

  /** Connects and stays connected until {@link disconnect}; ends a wait between two attempts at once. */
  connect(): void {
    this.#wanted = true
    this.#wait?.abort()
    this.#life ??= this.#live()
  }

  /** Ends everything on the host; resolves when that is done. A later {@link connect} is not waited for. */
  async disconnect(): Promise<void> {
    this.#wanted = false
    this.#attempt?.abort()
    await this.#connection
    if (this.#isWanted()) return
    this.#error = null
    this.#enter('disconnected')
  }

  /** As long as somebody wants the host connected; a refusal ends the wish. */
  async #live(): Promise<void> {
    while (this.#isWanted()) {
      this.#attempt = new AbortController()
      this.#connection = this.#stayConnected(this.#attempt.signal)
      await this.#connection
    }
    this.#life = null
  }

  /** A function, because the compiler believes that it cannot change during an await. */
  #isWanted(): boolean {
    return this.#wanted
  }

  async #stayConnected(signal: AbortSignal): Promise<void> {
    let delays = reconnectDelays(this.#random)
    while (!isAborted(signal)) {
      const before = this.#lastSampleMonotonic
      try {
        await this.#connectOnce(signal)
      } catch (error) {
        if (isAborted(signal)) return
        this.#error = toWireError(error)
      }
      if (isAborted(signal)) return
      if (!worthRetrying(this.#error, this.#stage)) {
        this.#wanted = false
        this.#enter('failed')
        return
      }
      if (this.#lastSampleMonotonic > before) delays = reconnectDelays(this.#random)
      this.#enter('reconnecting')
      await this.#pause(delays.next().value, signal)
    }
  }

  /** Until the time is over, the signal is aborted, or somebody asks to connect now. */
  async #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    const wait = new AbortController()
    this.#wait = wait
    const forward = (): void => wait.abort()
    signal.addEventListener('abort', forward, { once: true })
    await this.#clock.sleep(milliseconds, wait.signal)
    signal.removeEventListener('abort', forward)
    this.#wait = null
  }

  /** One connection from opening to its end; throws with the reason unless it was asked to end. */
  async #connectOnce(parent: AbortSignal): Promise<void> {
    const abort = new AbortController()
    const forward = (): void => abort.abort()
    parent.addEventListener('abort', forward, { once: true })
    let opened: OpenedHost | null = null
    let starting: Promise<RunningSource> | null = null
    const further: Promise<void>[] = []
    this.#stage = null
    try {
      if (this.#state !== 'reconnecting') this.#enter('connecting')
      opened = await this.profile.open((stage, hop) => this.#setStage(stage, hop), abort.signal)
      const { transport, lost } = opened
      this.#opened = opened
      const following = this.#followFindings(opened, abort.signal)
      this.#setStage('discover')
      this.#simulated ||= await saysSimulated(transport, abort.signal)
      starting = this.#startSources(transport, abort.signal, further)
      const primary = await unlessLost(starting, lost)
      this.#setStage('sample')
      this.#meter = new CostMeter(transport, this.#sink(costSource), this.#clock)
      const background = [
        this.#meter.run(abort.signal),
        this.#watchFreshness(abort.signal),
        this.messages.run(abort.signal),
        following,
      ]
      await Promise.race([primary.done, untilAborted(abort.signal), ...(lost ? [lost] : [])])
      abort.abort()
      await Promise.all(background)
    } finally {
      abort.abort()
      parent.removeEventListener('abort', forward)
      await Promise.allSettled([starting?.then((primary) => primary.close()), ...further])
      this.#opened = null
      this.#meter = null
      await opened?.transport.close()
    }
  }

  async #followFindings({ findingsChanged }: OpenedHost, signal: AbortSignal): Promise<void> {
    if (!findingsChanged) return
    for (let seen = findingsChanged.version; !isAborted(signal);) {
      this.discovery.notify()
      seen = await findingsChanged.changed(seen, signal)
    }
  }

  /** The first source that finds something carries the connection; the others come and go on their own. */
  async #startSources(
    transport: Transport,
    signal: AbortSignal,
    further: Promise<void>[],
  ): Promise<RunningSource> {
    let primary: RunningSource | null = null
    this.#findings = []
    this.#troubles.clear()
    const isSupplement = (descriptor: SourceDescriptor): boolean => descriptor.isSupplement === true
    for (const descriptor of this.profile.sources) {
      if (isSupplement(descriptor)) continue
      const context = await this.#probe(descriptor, transport, signal)
      if (!context) continue
      if (primary) further.push(this.#keepRunning(descriptor, context))
      else primary = await descriptor.open(context)
    }
    if (!primary) {
      throw new DiagnosticError('not-supported', 'Nothing on this host can be read.', {
        where: this.profile.address,
        hint: this.#findings.find(({ available }) => !available)?.detail,
      })
    }
    this.#interval = primary.interval
    for (const descriptor of this.profile.sources.filter(isSupplement)) {
      further.push(this.#supplement(descriptor, transport, signal))
    }
    return primary
  }

  /** What to open it with; null where this host has nothing for it. */
  async #probe(
    descriptor: SourceDescriptor,
    transport: Transport,
    signal: AbortSignal,
  ): Promise<SourceContext | null> {
    const probe = await descriptor.probe({ transport, signal })
    this.#findings = [...this.#findings, ...probe.findings]
    this.#facts = { ...this.#facts, ...probe.facts }
    this.discovery.notify()
    this.metrics.retire(descriptor.kind)
    if (!probe.usable) return null
    return { transport, signal, clock: this.#clock, sink: this.#sink(descriptor.kind) }
  }

  async #supplement(descriptor: SourceDescriptor, transport: Transport, signal: AbortSignal): Promise<void> {
    try {
      const context = await this.#probe(descriptor, transport, signal)
      if (context) await this.#keepRunning(descriptor, context)
    } catch (error) {
      if (!isAborted(signal)) this.#setTrouble(descriptor, troubleOf(descriptor, error))
    }
  }

  #keepRunning(descriptor: SourceDescriptor, context: SourceContext): Promise<void> {
    const onTrouble = (trouble: Finding | null): void => this.#setTrouble(descriptor, trouble)
    return keepSourceRunning(descriptor, () => descriptor.open(context), {
      clock: this.#clock,
      signal: context.signal,
      random: this.#random,
      onTrouble,
    })
  }

  #setTrouble({ kind }: SourceDescriptor, trouble: Finding | null): void {
    if (trouble) this.#troubles.set(kind, trouble)
    else this.#troubles.delete(kind)
    this.discovery.notify()
  }

  #sink(source: string): SourceSink {
    return {
      group: (name, interval) => this.metrics.group(source, name, interval),
      history: (series) => this.metrics.remember(source, series),
      processes: (table) => {
        this.#processes = table
        this.processUpdates.notify()
      },
      rows: (options) => this.#rows.sink(this.profile.id, options, () => -this.#clockOffset()),
      messages: (bus) => this.messages.open(bus, this.#sink(source)),
    }
  }

  /** The host's clock less ours, milliseconds; 0 while nobody has measured it. */
  #clockOffset(): number {
    return this.#opened?.connection?.().clockOffset ?? 0
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

  #setStage(stage: ConnectStage, hop: string | null = null): void {
    this.#stage = stage
    this.#hop = hop
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

import { performance } from 'node:perf_hooks'
import { callMix, servers, tokens, type CallerName, type CallKind } from './call-mix'
import { CallSequence, type PlannedCall } from './call-sequence'
import { Caller } from './caller'
import type { Estate } from './estate'
import type { HostLogs } from './host-logs'
import { methodOf, queueOf, type ServiceName } from './methods'
import { Random } from './random'
import type { Scenario } from './scenario'
import type { Service } from './service'
import { request, startService } from './simulated-service'
import type { Task } from './task'

export interface WorkloadOptions {
  /** Of the switch's socket. */
  readonly path: string
  readonly scenario: Scenario
  readonly estate: Estate
  readonly seed: number
  readonly logs: HostLogs
}

/** Calls in flight to one service, at most, in seconds of the whole load: who waits for one that is dead calls it no more. */
const maxInFlight = 1.5
const tick = 10
/** Log lines a second, at most about so many. */
const loggedCallsPerSecond = 25

/** The services of a host, and those who call them, until it is stopped. */
export class Workload {
  readonly #options: WorkloadOptions
  readonly #services = new Map<ServiceName, Service>()
  readonly #callers = new Map<CallerName, Caller>()
  readonly #inFlight = new Map<ServiceName, number>()
  readonly #timers: NodeJS.Timeout[] = []
  readonly #mix: readonly [CallKind, ...CallKind[]]
  readonly #sequence: CallSequence
  #nested: Caller | null = null
  #stopped = false

  private constructor(options: WorkloadOptions) {
    this.#options = options
    const { neverStarted } = options.scenario
    // What waits for a service that never came is asked once, not again and again.
    const calls = callMix.filter(
      ({ service, method }) => service !== neverStarted && !(neverStarted && steps(service, method)),
    )
    const [first = callMix[0], ...others] = calls
    this.#mix = [first, ...others]
    this.#sequence = new CallSequence(options.seed + 2, this.#mix, options.estate)
  }

  static async start(options: WorkloadOptions): Promise<Workload> {
    const workload = new Workload(options)
    const { path, scenario, logs } = options
    workload.#nested = await Caller.connect(path, 'xenopsd-xc:3303')
    const context = { ...options, random: new Random(options.seed + 3), nested: workload.#nested }
    for (const name of serviceNames) {
      if (name === scenario.neverStarted) continue
      workload.#services.set(name, await startService(name, context))
      logs.say(servers[name].process, `Listening on ${queueOf(name)}`)
    }
    for (const name of callerNames) workload.#callers.set(name, await Caller.connect(path, tokens[name]))
    workload.#begin()
    return workload
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) clearTimeout(timer)
    for (const service of this.#services.values()) service.close()
    for (const caller of this.#callers.values()) caller.close()
    this.#nested?.close()
  }

  #begin(): void {
    const { scenario } = this.#options
    if (scenario.neverStarted !== undefined) this.#deadlock(scenario.neverStarted)
    if (scenario.stops !== undefined) {
      const { service, after } = scenario.stops
      this.#timers.push(setTimeout(() => this.#services.get(service)?.close(), after * 1000))
    }
    const callsPerSecond = scenario.messagesPerSecond / messagesPerCall(this.#mix)
    let next = performance.now()
    const timer = setInterval(() => {
      while (next <= performance.now()) {
        const call = this.#sequence.next()
        next += (1000 * call.pause) / callsPerSecond
        const inFlight = this.#inFlight.get(call.kind.service) ?? 0
        if (inFlight < maxInFlight * callsPerSecond)
          this.#call(call, call.chance * callsPerSecond < loggedCallsPerSecond)
      }
    }, tick)
    this.#timers.push(timer)
  }

  #deadlock(dead: ServiceName): void {
    for (const kind of callMix) {
      const { service, method } = kind
      if (service !== dead && !steps(service, method)) continue
      if (method === 'VM.start' || method === 'SR.stat') this.#call(this.#sequence.of(kind), true)
    }
  }

  #call({ kind, task, params }: PlannedCall, logged: boolean): void {
    const { caller, service, method } = kind
    const queue = queueOf(service)
    if (logged) this.#options.logs.began({ caller, queue, method, task })
    this.#count(service, 1)
    const began = performance.now()
    const reply = this.#callers.get(caller)?.call(queue, request(method, params))
    reply?.then(
      (payload) => {
        this.#count(service, -1)
        if (logged) this.#logEnd(kind, queue, task, payload, began)
      },
      // It was stopped, or the switch was.
      () => this.#count(service, -1),
    )
  }

  #logEnd(
    { caller, service, method }: CallKind,
    queue: string,
    task: Task,
    payload: string,
    began: number,
  ): void {
    if (this.#stopped) return
    this.#options.logs.ended({
      caller,
      server: servers[service].process,
      queue,
      method,
      task,
      failed: !payload.includes('"error":null'),
      seconds: (performance.now() - began) / 1000,
    })
  }

  #count(service: ServiceName, by: number): void {
    this.#inFlight.set(service, (this.#inFlight.get(service) ?? 0) + by)
  }
}

const serviceNames: readonly ServiceName[] = ['memory', 'networkd', 'rrd', 'storage', 'v6d', 'xenops.classic']
const callerNames: readonly CallerName[] = ['xapi', 'xenopsd-xc', 'xcp-rrdd', 'xcp-rrdd-netdev']

const steps = (service: ServiceName, method: string): boolean => methodOf(service, method).steps !== undefined

/** A request and a response, and those of the calls within. */
function messagesPerCall(mix: readonly CallKind[]): number {
  const weights = mix.reduce((sum, { weight }) => sum + weight, 0)
  const calls = mix.reduce(
    (sum, { weight, service, method }) => sum + weight * (1 + (methodOf(service, method).steps?.length ?? 0)),
    0,
  )
  return (2 * calls) / weights
}

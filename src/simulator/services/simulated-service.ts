import { setTimeout as sleep } from 'node:timers/promises'
import type { Payload } from '@engine/formats/message-switch'
import { parsePayload } from '@engine/formats/message-switch'
import { servers } from './call-mix'
import type { Caller } from './caller'
import type { Estate } from './estate'
import { methodOf, methods, queueOf, type Method, type ServiceName } from './methods'
import type { Random } from './random'
import type { Scenario } from './scenario'
import { Service } from './service'

export interface ServiceContext {
  readonly path: string
  readonly scenario: Scenario
  readonly estate: Estate
  readonly random: Random
  /** For the calls that a service makes itself. */
  readonly nested: Caller
}

/** A service that answers as its methods say, as slowly and with as many errors as the scenario has it. */
export function startService(name: ServiceName, context: ServiceContext): Promise<Service> {
  const handler = (payload: string): Promise<string> => answer(name, payload, context)
  return Service.listen(context.path, servers[name].token, queueOf(name), handler)
}

async function answer(name: ServiceName, payload: string, context: ServiceContext): Promise<string> {
  const { random, estate, scenario } = context
  const call: Payload = parsePayload(payload)
  const method = call.type === 'call' ? methods[name].find((known) => known.name === call.method) : undefined
  if (call.type !== 'call' || method === undefined) return failure(['Unknown_method', payload.slice(0, 80)])
  await wait(latency(name, method, context))
  const debug = debugText(call)
  for (const [service, step] of method.steps ?? []) {
    const params = methodOf(service, step).params({ random, estate, debug })
    await context.nested.call(queueOf(service), request(step, params))
  }
  const subject = { random, estate, debug }
  return method.error !== undefined && random.next() < scenario.failing
    ? failure(method.error(subject))
    : JSON.stringify({ result: method.result(subject), error: null, id: 0 })
}

const failure = (error: unknown): string => JSON.stringify({ result: null, error, id: 0 })

let requests = 0
export function request(method: string, params: readonly unknown[]): string {
  requests += 1
  return JSON.stringify({ method, params, id: requests })
}

/** Seconds. */
function latency(
  name: ServiceName,
  { median, spread }: Method,
  { scenario, random }: ServiceContext,
): number {
  const factor = scenario.slow?.service === name ? scenario.slow.factor : 1
  return Math.min(random.logNormal(median, spread) * scenario.pace * factor, 120)
}

/** Timers are no finer than a millisecond: what is shorter waits for nothing, and the rest is as often early as late. */
async function wait(seconds: number): Promise<void> {
  const milliseconds = Math.round(seconds * 1000)
  if (milliseconds > 0) await sleep(milliseconds, undefined, { ref: false })
}

/** As it came, with its trace context. */
function debugText(call: Extract<Payload, { type: 'call' }>): string {
  const { debug } = call
  if (debug === null) return 'dbg'
  return debug.traceContext === null ? debug.text : `${debug.text}\n${debug.traceContext}`
}

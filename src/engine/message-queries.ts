import type { CallParams, SubscriptionParams } from '@shared/contract'
import { DiagnosticError } from '@shared/errors'
import type {
  BusSummary,
  CallDetails,
  CallState,
  LatencyHeatmap,
  ListenerState,
  MessagePayload,
  QueueContents,
  QueueSummary,
  ServiceSummary,
} from '@shared/model/messages'
import type { Clock } from './clock'
import type { HostList } from './hosts/host-list'
import type { HostMessages } from './hosts/messages'
import type { QueueState } from './message-sink'
import { latencyOf, type Call } from './messages/call-book'
import { latencyBounds, latencyBuckets, quantile } from './messages/latency-buckets'
import { figuresOf } from './messages/latency-book'
import type { MessageBoard } from './messages/message-board'
import { latest } from './queries'

const watchInterval = 1_000
const figuresWindow = 60_000
const maxMessages = 1_000
/** Characters of a payload in a list, and of one that is shown whole. */
const previewLength = 4_096
const maxPayload = 16 * 2 ** 20

/** What windows ask of buses of control messages. */
export class MessageQueries {
  readonly #hosts: HostList
  readonly #clock: Clock

  constructor(hosts: HostList, clock: Clock) {
    this.#hosts = hosts
    this.#clock = clock
  }

  async *watch(
    { host }: SubscriptionParams<'messages.watch'>,
    signal: AbortSignal,
  ): AsyncGenerator<BusSummary[], void, void> {
    const { messages } = this.#hosts.get(host)
    while (!signal.aborted) {
      yield [...messages.boards].map((board) => this.#summary(board, messages))
      await this.#clock.sleep(watchInterval, signal)
    }
  }

  contents(
    { host, bus, queue }: SubscriptionParams<'queues.contents'>,
    signal: AbortSignal,
  ): AsyncGenerator<QueueContents, void, void> {
    const { messages } = this.#hosts.get(host)
    const board = messages.board(bus)
    return latest(this.#clock, signal, board.queueChanges, () => contentsOf(board, queue, messages.shift))
  }

  latency(params: CallParams<'messages.latency'>): LatencyHeatmap {
    const { from, to, columns, service, method } = params
    const { messages } = this.#hosts.get(params.host)
    const board = messages.board(params.bus)
    const series = board.latencies.find(service, method)
    const [start, end] = [from - messages.shift, to - messages.shift]
    const counts = series?.heatmap(start, end, columns) ?? new Uint32Array(columns * latencyBuckets)
    const each = (share: number): Float32Array =>
      Float32Array.from({ length: columns }, (_, column) => {
        const part = counts.subarray(column * latencyBuckets, (column + 1) * latencyBuckets)
        return quantile(part, share) ?? NaN
      })
    return {
      from,
      to,
      columns,
      bounds: [...latencyBounds],
      counts,
      p50: each(0.5),
      p99: each(0.99),
      figures: series?.figures(start, end) ?? figuresOf(new Uint32Array(latencyBuckets), 0),
      methods: board.latencies.methods(service),
      share: board.coverage.share,
    }
  }

  call({ host, bus, message }: CallParams<'messages.call'>): CallDetails {
    const { messages } = this.#hosts.get(host)
    const board = messages.board(bus)
    const call = board.calls.callOf(message)
    if (!call) throw new DiagnosticError('not-found', 'This call is not remembered any more.')
    return describeCall(call, board, messages.shift)
  }

  states({ host, bus, messages: wanted }: CallParams<'messages.states'>): (CallState | null)[] {
    const { calls } = this.#hosts.get(host).messages.board(bus)
    return wanted.map((message) => {
      const call = calls.find(message)
      return call ? { status: call.status, ok: call.ok, latency: latencyOf(call) } : null
    })
  }

  payload({ host, bus, message }: CallParams<'messages.payload'>): MessagePayload {
    const content = this.#hosts.get(host).messages.board(bus).payload(message)
    if (!content) {
      throw new DiagnosticError('not-found', 'The whole payload is not there any more.', {
        hint: 'The bus keeps a message until it is acknowledged; its trace shows the beginning of each text only.',
      })
    }
    const fits = content.text.length <= maxPayload
    return {
      text: content.text.slice(0, maxPayload),
      json: content.json !== null && fits,
      truncated: content.truncated || !fits,
    }
  }

  #summary(board: MessageBoard, { shift }: HostMessages): BusSummary {
    const { states, time } = board.queueStates
    return {
      name: board.bus.name,
      title: board.bus.title,
      time: time === null ? null : time + shift,
      queues: states.map((state) => describeQueue(state, board, shift)),
      services: servicesOf(board, this.#clock.now() - shift, shift),
      coverage: board.coverage,
    }
  }
}

const listenerOf = (listener: QueueState['listener'], shift: number): ListenerState =>
  listener.kind === 'unresponsive' ? { kind: listener.kind, since: listener.since + shift } : listener

function describeQueue(state: QueueState, board: MessageBoard, shift: number): QueueSummary {
  const { name, service, listener, waiting } = state
  const oldest = waiting.at(-1)
  return {
    name,
    service,
    listener: listenerOf(listener, shift),
    depth: waiting.length,
    oldestAt: oldest ? oldest.time + shift : null,
    sent: board.rates.queues.get(name) ?? 0,
  }
}

/** Services that have a queue, and those that were seen to answer. */
function servicesOf(board: MessageBoard, now: number, shift: number): ServiceSummary[] {
  const queues = new Map(
    board.queueStates.states.flatMap((state) => (state.service === null ? [] : [[state.service, state]])),
  )
  const pending = new Map<string, Call[]>()
  for (const call of board.calls.pending) {
    const service = board.bus.serviceOf(call.queue) ?? ''
    const others = pending.get(service)
    if (others) others.push(call)
    else pending.set(service, [call])
  }
  const names = new Set([...queues.keys(), ...board.rates.services.keys()])
  return [...names].sort().map((name) => {
    const counters = board.rates.services.get(name)
    const queue = queues.get(name)
    const waiting = pending.get(name) ?? []
    const oldest = waiting.reduce((least, { times }) => Math.min(least, times.sent ?? Infinity), Infinity)
    return {
      name,
      listener: queue ? listenerOf(queue.listener, shift) : null,
      requests: counters?.requests ?? 0,
      responses: counters?.responses ?? 0,
      errors: counters?.errors ?? 0,
      pending: waiting.length,
      oldestPendingAt: oldest === Infinity ? null : oldest + shift,
      latency:
        board.latencies.find(name, null)?.figures(now - figuresWindow, now + 1_000) ??
        figuresOf(new Uint32Array(latencyBuckets), 0),
    }
  })
}

function contentsOf(board: MessageBoard, queue: string, shift: number): QueueContents {
  const { states, time } = board.queueStates
  const waiting = states.find(({ name }) => name === queue)?.waiting ?? []
  return {
    time: time === null ? null : time + shift,
    depth: waiting.length,
    messages: waiting.slice(0, maxMessages).map(({ message, id, time: at, from, content }) => ({
      message,
      id,
      kind: content.kind,
      time: at + shift,
      from,
      method: content.method,
      task: content.task,
      ok: content.ok,
      size: content.size,
      text: content.text.slice(0, previewLength),
    })),
  }
}

function describeCall(call: Call, board: MessageBoard, shift: number): CallDetails {
  const { stream } = board
  const moved = (time: number | null): number | null => (time === null ? null : time + shift)
  const { sent, delivered, acknowledged, answered, answerDelivered, answerAcknowledged } = call.times
  return {
    message: call.message,
    queue: call.queue,
    id: call.id,
    service: board.bus.serviceOf(call.queue),
    from: call.from,
    to: call.to,
    method: call.method,
    task: call.task,
    status: call.status,
    ok: call.ok,
    latency: latencyOf(call),
    times: {
      sent: moved(sent),
      delivered: moved(delivered),
      acknowledged: moved(acknowledged),
      answered: moved(answered),
      answerDelivered: moved(answerDelivered),
      answerAcknowledged: moved(answerAcknowledged),
    },
    request: { stream, sequence: call.requestRow },
    response: call.responseRow === null ? null : { stream, sequence: call.responseRow },
  }
}

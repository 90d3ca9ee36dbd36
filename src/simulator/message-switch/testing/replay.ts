import { toByteString, type ByteString } from '@engine/formats/message-switch'
import {
  bytesOf,
  recordedMessages,
  type RecordedLine,
  type RecordedMessage,
  type Recording,
} from './recordings'
import { SwitchConnection } from '../connection'
import { Journal } from '../journal'
import { MessageSwitch } from '../message-switch'
import type { Operation } from '../operation'
import { timeless } from './compare'
import { RecordedTime } from './recorded-time'
import { behindLastEvent, RecordedOrder } from './recorded-order'
import { ResponseStarts } from './response-starts'

/** One recorded client of a replay. */
interface Client {
  readonly connection: SwitchConnection | null
  output: ByteString
  ended: boolean
  /** It closed its end, so that nobody saw what was answered after. */
  gone: boolean
  /** Recorded answers that have begun. */
  answered: number
  /** Requests that could be served now: one at most. */
  ready: Ready | null
}

interface Ready {
  readonly operation: Operation
  readonly run: () => void
}

/**
 * Sends the recorded bytes to a simulated switch in the recorded order.
 *
 * The real switch served ready requests one at a time, and what is recorded is when the first byte of an answer was
 * seen: an answer says what the state was at some moment between. So a change is made when its answer begins, in the
 * order of the trace's ids where they are known, and a reading is taken in the first state from then on in which the
 * simulated switch would say what was recorded; at last when its answer begins. What is answered is up to the
 * simulated switch, and so is whether a request is ready by then.
 */
export class Replay {
  readonly #recording: Recording
  readonly #time: RecordedTime
  readonly #journal: Journal | undefined
  readonly #spawns: number[]
  readonly #order: RecordedOrder
  readonly #recorded = new Map<number, RecordedMessage[]>()
  readonly #clients = new Map<number, Client>()
  /** Recorded answers for which no request was ready. */
  readonly unready: RecordedLine[] = []
  #switch: MessageSwitch | null = null

  constructor(recording: Recording) {
    this.#recording = recording
    this.#time = new RecordedTime(recording.start_unix)
    const [first] = recording.switch
    this.#journal = first?.args.includes('--statedir') === true ? new Journal() : undefined
    this.#spawns = recording.switch.map(({ spawned_t }) => spawned_t)
    const answers = recordedMessages(recording.lines, 's2c')
    this.#order = new RecordedOrder(answers)
    for (const answer of answers) {
      this.#recorded.set(answer.conn, [...(this.#recorded.get(answer.conn) ?? []), answer])
    }
  }

  run(): void {
    const starts = new ResponseStarts()
    for (const line of inServedOrder(this.#recording)) {
      this.#time.advance(line.t)
      this.#startSwitch(line.t)
      this.#play(line, starts)
      this.#readings()
    }
  }

  /** What a client got, and whether the switch ended its connection. */
  client(id: number): Readonly<Pick<Client, 'output' | 'ended'>> {
    return this.#clients.get(id) ?? { output: '', ended: false }
  }

  #startSwitch(now: number): void {
    const [spawned] = this.#spawns
    if (spawned === undefined || spawned > now) return
    this.#spawns.shift()
    for (const client of this.#clients.values()) client.ready = null
    this.#switch = new MessageSwitch({
      clock: this.#time.clockOf(spawned),
      journal: this.#journal,
      turn: (connection, operation, run) => this.#turn(connection, { operation, run }),
    })
  }

  #play(line: RecordedLine, starts: ResponseStarts): void {
    const client = this.#clients.get(line.conn)
    if (line.dir === 'open') this.#open(line.conn)
    else if (line.dir === 'c2s') client?.connection?.receive(bytesOf(line))
    else if (line.dir === 's2c') {
      for (let count = starts.countIn(line); count > 0; count -= 1) this.#answer(line)
    } else if (client !== undefined && line.by.startsWith('client')) {
      client.gone = line.by === 'client'
      if (client.gone) serve(client)
      client.connection?.inputEnd()
    }
  }

  #open(id: number): void {
    const connection =
      this.#switch === null
        ? null
        : new SwitchConnection(id, this.#switch, {
            write: (block) => {
              client.output += toByteString(block)
            },
            end: () => {
              client.ended = true
            },
          })
    const client: Client = { connection, output: '', ended: false, gone: false, answered: 0, ready: null }
    this.#clients.set(id, client)
  }

  #turn(id: number, ready: Ready): void {
    const client = this.#clients.get(id)
    if (client === undefined || client.gone) ready.run()
    else client.ready = ready
  }

  #answer(line: RecordedLine): void {
    const client = this.#clients.get(line.conn)
    if (client === undefined) return
    // Served already: a reading, and what needs no turn (an unknown path).
    if (answersIn(client.output) <= client.answered)
      this.#serveUntil(behindLastEvent(this.#next(line.conn, client)))
    if (answersIn(client.output) <= client.answered) {
      if (client.ready === null) this.unready.push(line)
      else this.#serveInOrder(line.conn, client, client.ready)
    }
    client.answered += 1
  }

  /** Those that the real switch served before go before. */
  #serveInOrder(id: number, client: Client, ready: Ready): void {
    this.#serveUntil(this.#firstEvent(id, client, ready))
    if (client.ready !== null) serve(client)
  }

  /** What is known to have made the events before `event` is served. */
  #serveUntil(event: bigint | null): void {
    for (;;) {
      const next = this.#switch?.nextEventId ?? 0n
      if (event === null || event <= next) return
      const before = [...this.#clients].find(
        ([id, client]) => client.ready !== null && this.#firstEvent(id, client, client.ready) === next,
      )
      if (before === undefined) return
      serve(before[1])
      this.#readings()
    }
  }

  #firstEvent(id: number, client: Client, { operation }: Ready): bigint | null {
    return this.#order.firstEvent(operation, this.#next(id, client), this.#switch?.nextEventId ?? 0n)
  }

  /** The body of the recorded answer that this client gets next. */
  #next(id: number, client: Client): ByteString {
    return this.#recorded.get(id)?.[answersIn(client.output)]?.body ?? ''
  }

  #readings(): void {
    for (const [id, client] of this.#clients) {
      const type = client.ready?.operation.type
      if (type !== 'diagnostics' && type !== 'trace') continue
      const recorded = this.#recorded.get(id)?.[answersIn(client.output)]
      if (recorded !== undefined && this.#wouldSay(client) === timeless(recorded.body)) serve(client)
    }
  }

  #wouldSay({ ready }: Client): ByteString | null {
    const operation = ready?.operation
    if (operation?.type !== 'diagnostics' && operation?.type !== 'trace') return null
    return this.#switch === null ? null : timeless(this.#switch.read(operation).body)
  }
}

/**
 * Twice the switch served a `GET /` before a transfer on another connection whose bytes the recording proxy saw first,
 * less than a millisecond before: the answer does not show the transfer. Those lines change places.
 */
const overtaken: ReadonlySet<number> = new Set([0.015879, 3.074404])

function inServedOrder({ lines }: Recording): RecordedLine[] {
  const ordered = [...lines]
  for (const [index, line] of ordered.entries()) {
    const next = ordered[index + 1]
    if (!overtaken.has(line.t) || next === undefined) continue
    ordered.splice(index, 2, next, line)
    break
  }
  return ordered
}

function serve(client: Client): void {
  const { ready } = client
  client.ready = null
  ready?.run()
}

const answersIn = (output: ByteString): number => output.split('HTTP/1.1 ').length - 1

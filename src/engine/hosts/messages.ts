import { DiagnosticError } from '@shared/errors'
import type { Clock } from '../clock'
import type { MessageBus, MessageSink } from '../message-sink'
import { MessageBoard } from '../messages/message-board'
import { MessageMetrics } from '../messages/message-metrics'
import { messageFormat } from '../messages/message-rows'
import { Notifier } from '../notifier'
import type { SourceSink } from '../sink'

const sampleInterval = 1_000

/** The boards of one host's buses. They outlive a connection, their metrics are published anew with each. */
export class HostMessages {
  /** A bus appeared. */
  readonly changes = new Notifier()
  readonly #clock: Clock
  readonly #offset: () => number
  readonly #boards = new Map<string, MessageBoard>()
  #metrics: MessageMetrics[] = []

  /** `offset`: the host's clock less ours, milliseconds. */
  constructor(clock: Clock, offset: () => number) {
    this.#clock = clock
    this.#offset = offset
  }

  /** What to add to the host's times to have ours, milliseconds. */
  get shift(): number {
    return -this.#offset()
  }

  board(name: string): MessageBoard {
    const board = this.#boards.get(name)
    if (!board) {
      throw new DiagnosticError('not-found', `This host has no message bus "${name}".`, {
        hint: 'Wait until the host is connected again.',
      })
    }
    return board
  }

  get boards(): Iterable<MessageBoard> {
    return this.#boards.values()
  }

  open(bus: MessageBus, sink: SourceSink): MessageSink {
    const board = this.#boards.get(bus.name) ?? this.#make(bus, sink)
    const metrics = new MessageMetrics(board, sink.group(`messages ${bus.name}`, sampleInterval))
    // A source may be opened again within one connection: two would take each sample twice.
    this.#metrics = [...this.#metrics.filter((other) => other.board !== board), metrics]
    return board
  }

  /** Publishes a sample a second until the connection ends. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const metrics of this.#metrics)
        metrics.commit(this.#clock.now() + this.#offset(), this.#clock.monotonic())
      await this.#clock.sleep(sampleInterval, signal)
    }
    this.#metrics = []
  }

  #make(bus: MessageBus, sink: SourceSink): MessageBoard {
    const format = messageFormat((message) => board.calls.find(message)?.status)
    const board = new MessageBoard(bus, sink.rows({ kind: 'messages', name: bus.name, format }))
    this.#boards.set(bus.name, board)
    this.changes.notify()
    return board
  }
}

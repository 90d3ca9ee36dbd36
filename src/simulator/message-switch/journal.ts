import { Queues, type QueueChange } from './queues'

/**
 * The redo log of a switch with a state directory, and the dump that it is folded into every five seconds. It outlives
 * the switch. What the dump holds has the time of that fold, and what is only in the log gets the time of the replay.
 */
export class Journal {
  #dump = new Queues()
  #log: QueueChange[] = []

  push(change: QueueChange): void {
    this.#log.push(change)
  }

  fold(now: bigint): void {
    for (const change of this.#log) this.#dump.apply(change, now)
    this.#log = []
  }

  /**
   * At the start of a switch. The replay does not count ids up, so that the next message may get the id of one that
   * came back from the log, and replace it.
   */
  replay(now: bigint): Queues {
    this.#dump = this.#dump.restored()
    const next = new Map(this.#dump.names().map((name) => [name, this.#dump.get(name)?.nextId ?? 0n]))
    this.fold(now)
    const queues = this.#dump.restored()
    for (const name of queues.names()) {
      const queue = queues.get(name)
      if (queue !== undefined) queue.nextId = next.get(name) ?? 0n
    }
    return queues
  }
}

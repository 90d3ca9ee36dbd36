import type { Entry, Message, MessageId, Origin } from '@engine/formats/message-switch'

/** A change that survives a restart where the switch keeps a redo log. */
export type QueueChange =
  | { readonly type: 'add'; readonly name: string; readonly owner: string | null }
  | { readonly type: 'remove'; readonly name: string }
  | { readonly type: 'ack'; readonly id: MessageId }
  | { readonly type: 'send'; readonly id: MessageId; readonly origin: Origin; readonly message: Message }

export interface StoredQueue {
  readonly name: string
  /** The token of the login that made it; null for one that stays. */
  readonly owner: string | null
  readonly entries: Map<bigint, Entry>
  nextId: bigint
}

/** The queues of a switch, changed by `QueueChange`s only. */
export class Queues {
  readonly #queues = new Map<string, StoredQueue>()

  get(name: string): StoredQueue | undefined {
    return this.#queues.get(name)
  }

  /** `now`: nanoseconds since the switch started; becomes the time of a message. */
  apply(change: QueueChange, now: bigint): void {
    switch (change.type) {
      case 'add':
        if (!this.#queues.has(change.name)) {
          const { name, owner } = change
          this.#queues.set(name, { name, owner, entries: new Map(), nextId: 0n })
        }
        return
      case 'remove':
        this.#queues.delete(change.name)
        return
      case 'ack':
        this.#queues.get(change.id.queue)?.entries.delete(change.id.id)
        return
      case 'send': {
        const { id, origin, message } = change
        this.#queues.get(id.queue)?.entries.set(id.id, { id, origin, time: now, message })
      }
    }
  }

  /** Names in ascending order. */
  names(prefix = ''): string[] {
    return [...this.#queues.keys()].filter((name) => name.startsWith(prefix)).sort()
  }

  ownedBy(owner: string): string[] {
    return [...this.#queues.values()].filter((queue) => queue.owner === owner).map(({ name }) => name)
  }

  /** Messages beyond `from`, newest first, queue after queue. */
  beyond(from: bigint, names: readonly string[]): Entry[] {
    return names.flatMap((name) => {
      const queue = this.#queues.get(name)
      return queue === undefined ? [] : contents(queue).filter(({ id }) => id.id > from)
    })
  }

  hasBeyond(from: bigint, names: readonly string[]): boolean {
    return names.some((name) => {
      for (const id of this.#queues.get(name)?.entries.keys() ?? []) if (id > from) return true
      return false
    })
  }

  /** As a switch finds them on disk when it starts: ids go on behind the highest that is there. */
  restored(): Queues {
    const copy = new Queues()
    for (const queue of this.#queues.values()) {
      const highest = [...queue.entries.keys()].reduce((most, id) => (id > most ? id : most), -1n)
      copy.#queues.set(queue.name, { ...queue, entries: new Map(queue.entries), nextId: highest + 1n })
    }
    return copy
  }
}

/** Newest first. */
export const contents = ({ entries }: StoredQueue): Entry[] =>
  [...entries.values()].sort((a, b) => (a.id.id < b.id.id ? 1 : -1))

import { encodeByteString } from '@engine/formats/message-switch'
import { readQueue, sentId, type Delivery } from './mailbox'
import { SwitchClient, SwitchGone } from './switch-client'

/** The calling side of a service: requests on one connection, replies from its own transient queue on another. */
export class Caller {
  readonly token: string
  readonly #requests: SwitchClient
  readonly #events: SwitchClient
  readonly #known = new Set<string>()
  readonly #waiting = new Map<
    string,
    { resolve: (payload: string) => void; reject: (error: Error) => void }
  >()
  /** Replies that were faster than the answer to the request. */
  readonly #early = new Map<string, string>()

  private constructor(token: string, requests: SwitchClient, events: SwitchClient) {
    this.token = token
    this.#requests = requests
    this.#events = events
  }

  static async connect(path: string, token: string): Promise<Caller> {
    const requests = await SwitchClient.login(path, token)
    const caller = new Caller(token, requests, await SwitchClient.login(path, token))
    await requests.get(`/transient/${token}`)
    void readQueue(caller.#events, token, (delivery) => caller.#receive(delivery)).then(() =>
      caller.#giveUp(),
    )
    return caller
  }

  /** The reply's payload; rejects with `SwitchGone` when the connection ends before. */
  async call(queue: string, payload: string): Promise<string> {
    if (!this.#known.has(queue)) {
      await this.#requests.get(`/persistent/${queue}`)
      this.#known.add(queue)
    }
    const id = sentId(await this.#requests.post(`/request/${queue}/${this.token}`, encodeByteString(payload)))
    if (id === null) throw new SwitchGone()
    const key = id.join(' ')
    const early = this.#early.get(key)
    if (this.#early.delete(key) && early !== undefined) return early
    return new Promise((resolve, reject) => this.#waiting.set(key, { resolve, reject }))
  }

  close(): void {
    this.#requests.close()
    this.#events.close()
  }

  #receive([
    [queue, id],
    {
      payload,
      kind: [type, request],
    },
  ]: Delivery): void {
    this.#events.get(`/ack/${queue}/${id}`).catch(() => undefined)
    if (type !== 'Response') return
    const key = request.join(' ')
    const waiting = this.#waiting.get(key)
    if (waiting === undefined) this.#early.set(key, payload)
    this.#waiting.delete(key)
    waiting?.resolve(payload)
  }

  #giveUp(): void {
    for (const { reject } of this.#waiting.values()) reject(new SwitchGone())
    this.#waiting.clear()
  }
}

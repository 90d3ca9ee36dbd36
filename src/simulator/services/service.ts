import { encodeByteString } from '@engine/formats/message-switch'
import { readQueue, type Delivery } from './mailbox'
import { SwitchClient } from './switch-client'

/** Answers the requests of a queue: the payload of a request becomes that of its reply, some time later. */
export type Handler = (payload: string) => Promise<string>

/** The listening side of a service: requests come on one connection, replies and acknowledgements go on another. */
export class Service {
  readonly queue: string
  readonly #requests: SwitchClient
  readonly #replies: SwitchClient
  readonly #handler: Handler

  private constructor(queue: string, requests: SwitchClient, replies: SwitchClient, handler: Handler) {
    this.queue = queue
    this.#requests = requests
    this.#replies = replies
    this.#handler = handler
  }

  static async listen(path: string, token: string, queue: string, handler: Handler): Promise<Service> {
    const requests = await SwitchClient.login(path, token)
    const service = new Service(queue, requests, await SwitchClient.login(path, token), handler)
    await requests.get(`/persistent/${queue}`)
    void readQueue(requests, queue, (delivery) => void service.#serve(delivery))
    return service
  }

  /** It listens no more; what it was asked stays in the queue. */
  close(): void {
    this.#requests.close()
    this.#replies.close()
  }

  async #serve([
    [queue, id],
    {
      payload,
      kind: [type, replyTo],
    },
  ]: Delivery): Promise<void> {
    if (type !== 'Request') return
    try {
      const reply = await this.#handler(payload)
      await Promise.all([
        this.#replies.post(`/response/${replyTo}/${queue}/${id}`, encodeByteString(reply)),
        this.#replies.get(`/ack/${queue}/${id}`),
      ])
    } catch {
      // It went while the answer was worked out: the request stays unanswered, as with a service that died.
    }
  }
}

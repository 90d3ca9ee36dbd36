import * as v from 'valibot'
import { decodeByteString, type ByteString } from '@engine/formats/message-switch'
import { SwitchGone, type SwitchClient } from './switch-client'

const messageId = v.tuple([v.string(), v.number()])
const transfer = v.object({
  messages: v.array(
    v.tuple([
      messageId,
      v.object({
        payload: v.string(),
        kind: v.union([
          v.tuple([v.literal('Request'), v.string()]),
          v.tuple([v.literal('Response'), messageId]),
        ]),
      }),
    ]),
  ),
  next: v.string(),
})
export type Delivery = v.InferOutput<typeof transfer>['messages'][number]

/** Seconds, as xapi's client. */
const pollTimeout = 30

/** Reads a queue until the connection ends: messages in the order in which they were sent. */
export async function readQueue(
  client: SwitchClient,
  queue: string,
  onMessage: (delivery: Delivery) => void,
): Promise<void> {
  let from: string | null = null
  try {
    for (;;) {
      const position: string = from === null ? '' : `"from":"${from}",`
      const body = await client.post(
        '/transfer',
        `{${position}"timeout":${pollTimeout}.0,"queues":["${queue}"]}`,
      )
      const answer = v.parse(transfer, JSON.parse(decodeByteString(body)))
      from = answer.next
      for (const delivery of answer.messages.reverse()) onMessage(delivery)
    }
  } catch (error) {
    if (!(error instanceof SwitchGone)) throw error
  }
}

/** `[["queue",0]]`; null where the queue does not exist. */
export function sentId(answer: ByteString): [queue: string, id: number] | null {
  return v.parse(v.array(messageId), JSON.parse(answer))[0] ?? null
}

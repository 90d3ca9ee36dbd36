import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as v from 'valibot'
import { toByteString, type ByteString } from '@engine/formats/message-switch'

/** What the real message-switch sent and was sent; see the README beside the recordings. */
export const scenarios = [
  's1-empty',
  's1b-probes',
  's2-rpc',
  's2b-cli',
  's3-fast',
  's4-payloads',
  's5-stopped',
  's6-parked',
  's7-restart',
] as const
export type RecordedScenario = (typeof scenarios)[number]

const line = v.object({
  /** Seconds since the recording began. */
  t: v.number(),
  conn: v.number(),
  dir: v.picklist(['open', 'c2s', 's2c', 'close']),
  bytes: v.optional(v.string(), ''),
  /** Of a close. */
  by: v.optional(v.string(), ''),
})
export type RecordedLine = v.InferOutput<typeof line>

const side = v.object({
  /** Seconds since the epoch at t = 0. */
  start_unix: v.number(),
  switch: v.array(v.object({ spawned_t: v.number(), args: v.array(v.string()) })),
  connections: v.record(v.string(), v.string()),
  marks: v.array(v.looseObject({ t: v.number(), what: v.string() })),
  cli: v.array(
    v.object({ started_t: v.number(), ended_t: v.number(), file: v.string(), command: v.string() }),
  ),
})

export interface Recording extends v.InferOutput<typeof side> {
  readonly lines: readonly RecordedLine[]
}

export const recordingsFolder = join(import.meta.dirname, 'recordings')

export const recordedBytes = (name: string): Buffer =>
  gunzipSync(readFileSync(join(recordingsFolder, `${name}.gz`)))

export function loadRecording(scenario: RecordedScenario): Recording {
  const lines = recordedBytes(`${scenario}.ndjson`).toString().trim().split('\n')
  return {
    ...v.parse(side, JSON.parse(recordedBytes(`${scenario}.side.json`).toString())),
    lines: lines.map((text) => v.parse(line, JSON.parse(text))),
  }
}

export const bytesOf = ({ bytes }: RecordedLine): Buffer => Buffer.from(bytes, 'base64')

export interface RecordedMessage {
  readonly conn: number
  /** When its first byte was seen. */
  readonly t: number
  /** Request or status line and headers, without the empty line. */
  readonly head: ByteString
  readonly body: ByteString
}

/** All responses (or well-formed requests) of a recording, in the order in which they began. */
export function recordedMessages(lines: readonly RecordedLine[], dir: 'c2s' | 's2c'): RecordedMessage[] {
  const messages: RecordedMessage[] = []
  const open = new Map<number, { text: ByteString; t: number }>()
  for (const recorded of lines) {
    if (recorded.dir !== dir) continue
    const before = open.get(recorded.conn) ?? { text: '', t: recorded.t }
    let text = before.text + toByteString(bytesOf(recorded))
    let t = before.text === '' ? recorded.t : before.t
    for (;;) {
      const message = firstMessage(text)
      if (message === null) break
      messages.push({ conn: recorded.conn, t, head: message.head, body: message.body })
      text = text.slice(message.length)
      t = recorded.t
    }
    open.set(recorded.conn, { text, t })
  }
  return messages
}

function firstMessage(text: ByteString): { head: ByteString; body: ByteString; length: number } | null {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return null
  const head = text.slice(0, end)
  const length = end + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? '0')
  return text.length < length ? null : { head, body: text.slice(end + 4, length), length }
}

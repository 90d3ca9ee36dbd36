import {
  decodeByteString,
  encodeByteString,
  isJsonList,
  isJsonObject,
  jsonMember,
  parseJsonTree,
  serviceState,
  type ByteString,
  type Diagnostics,
  type Entry,
  type JsonNode,
  type Queue,
  type TraceEvent,
} from '..'

/** What `message-cli diagnostics` and `message-cli tail` print, from what our parsers found: for comparison. */

export function diagnosticsText(diagnostics: Diagnostics): ByteString {
  const { currentTime, permanentQueues, transientQueues } = diagnostics
  const states = (wanted: string): Queue[] =>
    permanentQueues.filter((queue) => serviceState(queue, currentTime).state === wanted)
  const section = (title: string, queues: Queue[]): string[] =>
    queues.length === 0 ? [] : ['', title, ...queues.flatMap((queue) => queueLines(queue, diagnostics))]
  const running = states('listening')
  const expected = new Set(permanentQueues.flatMap(replyQueues))
  const shown = transientQueues.filter(({ name, contents }) => !expected.has(name) || contents.length > 0)
  return [
    `Switch started ${ago(currentTime)}`,
    ...(permanentQueues.length === 0
      ? ['There are no known services (yet).']
      : [
          ...(running.length === 0
            ? ['No known services are running.']
            : section('The following services are running:', running)),
          ...section(
            'The following services have been called but have never started:',
            states('never-started'),
          ),
          ...section('The following services have crashed or deadlocked:', states('unresponsive')),
        ]),
    ...(shown.length === 0
      ? []
      : [
          'Temporary queues containing replies:',
          ...shown.flatMap((queue) => queueLines(queue, diagnostics)),
        ]),
    '',
  ].join('\n')
}

function queueLines(queue: Queue, all: Diagnostics): string[] {
  const state = serviceState(queue, all.currentTime)
  const dead =
    state.state === 'unresponsive'
      ? `: service crashed or deadlocked ${since(queue.nextTransferExpected, all)}`
      : ''
  return [`- ${queue.name}${dead}`, ...queue.contents.flatMap((entry) => entryLines(entry, all))]
}

function entryLines({ id, origin, time, message }: Entry, all: Diagnostics): string[] {
  const lines = [
    `    ${id.id}: request from: ${origin.name} sent ${since(time, all)}`,
    ...payloadLines(message.payload),
  ]
  if (message.kind.type === 'response') return lines
  const { replyTo } = message.kind
  const reply = all.transientQueues.find(({ name }) => name === replyTo)
  if (reply === undefined) return [...lines, `       - ${replyTo} appears to have crashed`]
  const state = serviceState(reply, all.currentTime)
  const text =
    state.state === 'never-started'
      ? 'has not started'
      : state.state === 'listening'
        ? 'is waiting for a response'
        : `crashed or deadlocked ${since(reply.nextTransferExpected, all)}`
  return [...lines, `      - ${replyTo} ${text}`]
}

function payloadLines(payload: ByteString): string[] {
  const { tree } = parseJsonTree(payload)
  const method = isJsonObject(tree) ? jsonMember(tree, 'method') : undefined
  const params = isJsonObject(tree) ? jsonMember(tree, 'params') : undefined
  if (typeof method !== 'string' || !isJsonList(params)) return [`      - ${trim(ocamlEscaped(payload))}`]
  return [`      - ${method}`, ...params.items.map((item) => `        - ${trim(printed(item))}`)]
}

const trim = (text: ByteString): ByteString => text.slice(0, 70)

function printed(node: JsonNode): string {
  if (isJsonList(node)) return `[${node.items.map(printed).join(',')}]`
  if (isJsonObject(node)) {
    return `{${node.entries.map(([key, value]) => `"${key}":${printed(value)}`).join(',')}}`
  }
  if (typeof node === 'object' && node !== null) return node.text
  return typeof node === 'string' ? `"${node}"` : String(node)
}

/** OCaml's String.escaped, for the bytes that occur. */
const ocamlEscaped = (text: ByteString): string =>
  text
    .replace(/["\\]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replace(/[\0-\x1f\x7f-\xff]/g, (byte) => `\\${String(byte.charCodeAt(0)).padStart(3, '0')}`)

const replyQueues = ({ contents }: Queue): string[] =>
  contents.flatMap(({ message }) => (message.kind.type === 'request' ? [message.kind.replyTo] : []))

const since = (time: bigint | null, { currentTime }: Diagnostics): string => ago(currentTime - (time ?? 0n))

function ago(nanoseconds: bigint): string {
  const seconds = nanoseconds / 1_000_000_000n
  const unit = (count: bigint, name: string): string[] =>
    count === 0n ? [] : [`${count} ${name}${count === 1n ? '' : 's'}`]
  const bits = [
    ...unit(seconds / 86_400n, 'day'),
    ...unit((seconds / 3_600n) % 24n, 'hour'),
    ...unit((seconds / 60n) % 60n, 'min'),
    ...unit(seconds % 60n, 'second'),
  ]
  const [last, ...before] = bits.reverse()
  if (last === undefined) return 'ago'
  return before.length === 0 ? `${last} ago` : `${before.reverse().join(', ')} and ${last} ago`
}

export function tailText(events: readonly TraceEvent[]): ByteString {
  const start = events[0]?.time ?? 0
  const widths = [5, 15, 4, 30, 4, 15, 5]
  const rows = events.map((event) => {
    const cells = [(event.time - start).toFixed(1), ...route(event), processing(event.processingTime)]
    const fixed = cells.map((cell, index) => cell.slice(-(widths[index] ?? 0)).padEnd(widths[index] ?? 0))
    return `${[...fixed, subject(event)].join(' ')} \n`
  })
  return rows.join('')
}

function route({ input, queue, output, traced }: TraceEvent): string[] {
  if (traced.type === 'ack') return [input ?? '-', '->', queue, '', '']
  return traced.message.kind.type === 'request'
    ? [input ?? '-', '->', queue, '->', output ?? '-']
    : [output ?? '-', '<-', queue, '<-', input ?? '-']
}

/** It is divided twice, so seconds come out as 0.0 up to 50 of them. */
const processing = (nanoseconds: bigint | null): string =>
  nanoseconds === null ? '' : (Number(nanoseconds / 1_000_000_000n) / 1000).toFixed(1)

function subject({ traced }: TraceEvent): ByteString {
  const id = `${encodeByteString(traced.id.queue)}.${traced.id.id}`
  return traced.type === 'ack' ? `${id}:ack` : `${id}:${traced.message.payload}`
}

/** For messages of the tests: what people would read. */
export const readable = (text: ByteString): string => decodeByteString(text)

import { describe, expect, it } from 'vitest'
import { systemClock } from '../clock'
import type { MessageBus, MessageContent, MessageEvent } from '../message-sink'
import { RowFeed } from '../row-feed'
import { RowStore } from '../streams/row-store'
import { latencyOf } from './call-book'
import { MessageBoard } from './message-board'
import { messageFormat } from './message-rows'

const bus: MessageBus = {
  name: 'bus',
  title: 'A bus',
  serviceOf: (queue) => (queue.startsWith('org.') ? (queue.split('.').at(-1) ?? null) : null),
}
const start = Date.now() - 60_000

const content = (more: Partial<MessageContent>): MessageContent => {
  const json = more.json ?? '{"method":"SR.stat","params":[{"sr":"b7f1"},12345678901234567890]}'
  return {
    kind: 'request',
    answers: null,
    id: '1',
    method: 'SR.stat',
    task: 'R:1',
    ok: null,
    json,
    text: json,
    size: json.length,
    truncated: false,
    ...more,
  }
}
const request = (at: number, message: string, more: Partial<MessageContent> = {}): MessageEvent => ({
  time: start + at,
  step: 'sent',
  queue: 'org.storage',
  message,
  party: 'xapi',
  content: content(more),
})
const response = (at: number, message: string, answered: string, ok = true): MessageEvent => ({
  time: start + at,
  step: 'sent',
  queue: 'reply.1',
  message,
  party: 'storaged',
  content: content({
    kind: 'response',
    answers: { message: answered, queue: 'org.storage' },
    method: null,
    task: null,
    ok,
    json: ok ? '{"result":9007199254740993,"error":null}' : '{"result":null,"error":["SR_BACKEND_FAILURE"]}',
  }),
})
const step = (
  at: number,
  message: string,
  kind: 'delivered' | 'acknowledged',
  party: string | null,
): MessageEvent => ({
  time: start + at,
  step: kind,
  queue: 'org.storage',
  message,
  party,
  content: null,
})

function makeBoard(): { board: MessageBoard; rows: () => string[] } {
  const feed = new RowFeed(new RowStore(1e8), systemClock)
  const format = messageFormat((message) => board.calls.find(message)?.status)
  const board = new MessageBoard(
    bus,
    feed.sink('h', { kind: 'messages', name: 'bus', format }, () => 0),
  )
  const rows = (): string[] =>
    [...feed.store.streams].flatMap(({ chunks }) =>
      chunks.flatMap((chunk) =>
        Array.from({ length: chunk.count }, (_, row) =>
          Buffer.from(chunk.bytes.subarray(chunk.startOf(row), chunk.endOf(row))).toString(),
        ),
      ),
    )
  return { board, rows }
}

describe('the board of a bus', () => {
  it('joins a request with its reply, with all six moments and the latency', () => {
    const { board, rows } = makeBoard()
    board.observed([
      request(0, 'q1'),
      step(1, 'q1', 'delivered', 'storaged'),
      response(250.5, 'r1', 'q1'),
      step(251, 'q1', 'acknowledged', null),
      step(252, 'r1', 'delivered', 'xapi'),
      step(253, 'r1', 'acknowledged', null),
    ])
    const call = board.calls.find('q1')
    expect(call).toMatchObject({
      status: 'answered',
      ok: true,
      from: 'xapi',
      to: 'storaged',
      method: 'SR.stat',
      requestRow: 0,
      responseRow: 1,
    })
    expect(call?.times).toEqual({
      sent: start,
      delivered: start + 1,
      acknowledged: start + 251,
      answered: start + 250.5,
      answerDelivered: start + 252,
      answerAcknowledged: start + 253,
    })
    expect(call && latencyOf(call)).toBe(250.5)
    expect(board.latencies.find('storage', 'SR.stat')?.figures(start - 2_000, start + 2_000)).toMatchObject({
      count: 1,
      max: 0.2505,
    })
    expect(board.rates.services.get('storage')).toMatchObject({ requests: 1, responses: 1, errors: 0 })
    expect(rows()[1]).toContain('"method":"SR.stat"')
  })

  it('keeps the digits of large numbers and everything a filter asks for', () => {
    const { board, rows } = makeBoard()
    board.observed([request(0, 'q1'), response(5, 'r1', 'q1', false)])
    const [asked = '', answered = ''] = rows()
    expect(asked).toContain('12345678901234567890')
    expect(answered).toContain('SR_BACKEND_FAILURE')
    const format = messageFormat((message) => board.calls.find(message)?.status)
    const read = (line: string, name: string): unknown => {
      const bytes = Buffer.from(line)
      return format.field(name)(bytes, 0, bytes.length)
    }
    expect(['kind', 'service', 'from', 'method', 'status', 'size'].map((name) => read(asked, name))).toEqual([
      'request',
      'storage',
      'xapi',
      'SR.stat',
      'answered',
      66,
    ])
    expect(
      ['kind', 'service', 'latency', 'ok', 'task', 'status'].map((name) => read(answered, name)),
    ).toEqual(['response', 'storage', 5, false, 'R:1', 'answered'])
    expect(read(asked, 'params')).toMatchObject([{ sr: 'b7f1' }, expect.anything()])
    expect(read(answered, 'error')).toEqual(['SR_BACKEND_FAILURE'])
    expect(read(asked, 'nothing')).toBeUndefined()
    const head = { time: 0, level: 0, continues: false }
    format.head(Buffer.from(answered), 0, answered.length, head)
    expect(head).toEqual({ time: start + 5, level: 3, continues: false })
    format.head(Buffer.from('no such row'), 0, 11, head)
    expect(head).toMatchObject({ level: 15 })
  })

  it('calls a request lost when its queue does not have it any more and no reply was seen', () => {
    const { board } = makeBoard()
    board.observed([request(0, 'q1'), request(1, 'q2'), request(30_000, 'q3')])
    const waiting = [{ message: 'q2', id: '2', time: start + 1, from: 'xapi', content: content({}) }]
    board.queues(
      [{ name: 'org.storage', service: 'storage', listener: { kind: 'never-started' }, waiting }],
      start + 30_500,
    )
    const status = (message: string): string | undefined => board.calls.find(message)?.status
    expect(['q1', 'q2', 'q3'].map(status)).toEqual(['lost', 'pending', 'pending'])
    expect(board.rates.services.get('storage')).toMatchObject({ depth: 1, oldestAt: start + 1 })
    board.restarted()
    expect(['q2', 'q3'].map(status)).toEqual(['lost', 'lost'])
  })

  it('meets requests in their queue whose sending it has not seen, once', () => {
    const { board, rows } = makeBoard()
    const waiting = [{ message: 'q7', id: '7', time: start, from: 'xapi', content: content({ id: '7' }) }]
    const states = [
      { name: 'org.storage', service: 'storage', listener: { kind: 'listening' as const }, waiting },
    ]
    board.queues(states, start + 1_000)
    expect(rows()).toEqual([])
    board.queues(states, start + 5_000)
    board.queues(states, start + 6_000)
    board.observed([request(0, 'q7')])
    expect(rows().length).toBe(1)
    expect(board.calls.find('q7')).toMatchObject({ status: 'pending', from: 'xapi', times: { sent: start } })
    board.observed([response(7_000, 'r7', 'q7')])
    expect(board.calls.find('q7')?.status).toBe('answered')
  })

  it('says how much of the bus it has seen', () => {
    const { board, rows } = makeBoard()
    board.observed([request(0, 'q1')])
    board.missed(3, start, start + 10, 'Events left the ring before they were read.')
    expect(board.coverage).toEqual({ seen: 1, missed: 3, share: 0.25 })
    expect(rows()[1]).toContain('"count":3')
    board.missed(null, null, null, 'The bus was restarted.')
    expect(board.coverage.share).toBeNull()
  })

  it('takes a reply whose request was not seen for what it is', () => {
    const { board, rows } = makeBoard()
    board.observed([response(5, 'r1', 'never seen')])
    expect(rows()[0]).toContain('"service":"storage"')
    expect(rows()[0]).not.toContain('latency')
    expect(board.latencies.services()).toEqual([])
  })

  it('takes messages of the same number after a restart, or in a queue made anew, for others', () => {
    const { board, rows } = makeBoard()
    board.observed([request(0, 'q1'), response(5, 'r1', 'q1')])
    board.observed([request(10_000, 'q1'), response(10_030, 'r1', 'q1')])
    expect(rows().length).toBe(4)
    expect(board.calls.find('q1')).toMatchObject({ requestRow: 2, responseRow: 3 })
    board.restarted()
    board.observed([request(20_000, 'q1'), response(20_400, 'r1', 'q1')])
    const [asked, answered] = rows().slice(4)
    expect(answered).toContain('"latency":400')
    const name = (row = ''): unknown => /"message":"([^"]*)"/.exec(row)?.[1]
    expect(board.calls.find(String(name(asked)))).toMatchObject({ status: 'answered', requestRow: 4 })
    // The rows of before keep their own calls.
    expect(board.calls.find('q1')).toMatchObject({ requestRow: 2 })
    const waiting = [{ message: 'q9', id: '2', time: start, from: 'xapi', content: content({ id: '2' }) }]
    board.queues(
      [{ name: 'org.storage', service: 'storage', listener: { kind: 'listening' }, waiting }],
      start + 30_000,
    )
    board.observed([response(31_000, 'r9', 'q9')])
    expect([...board.calls.pending]).toEqual([])
    expect(board.rates.services.get('storage')).toMatchObject({ requests: 4, responses: 4 })
  })

  it('counts what was sent into a queue by its numbers, also what was not seen', () => {
    const { board } = makeBoard()
    const numbered = (id: string): MessageEvent => request(Number(id), `q${id}`, { id })
    board.observed(['100', '101', '105'].map(numbered))
    const counted = (): number | undefined => board.rates.services.get('storage')?.requests
    expect([counted(), board.rates.queues.get('org.storage')]).toEqual([6, 6])
    // It was counted with the one that came after it.
    const waiting = [{ message: 'q103', id: '103', time: start, from: null, content: content({ id: '103' }) }]
    const state = {
      name: 'org.storage',
      service: 'storage',
      listener: { kind: 'listening' as const },
      waiting,
    }
    board.queues([state], start + 30_000)
    expect(counted()).toBe(6)
    // The queue was made anew.
    board.observed([numbered('0'), numbered('1')])
    expect(counted()).toBe(8)
    board.restarted()
    board.observed([numbered('5000')])
    expect(counted()).toBe(9)
  })

  it('forgets responses with their calls, also where nobody saw them being taken', () => {
    const { board } = makeBoard()
    for (let batch = 0; batch < 70; batch++) {
      board.observed(
        Array.from({ length: 1_000 }, (_, at) => [
          request(0, `q${batch}-${at}`),
          response(1, `r${batch}-${at}`, `q${batch}-${at}`),
        ]).flat(),
      )
    }
    expect(board.calls.callOf('r69-999')).toBeDefined()
    expect(board.calls.callOf('r0-0')).toBeUndefined()
  })

  it('bounds what it remembers of calls', () => {
    const { board } = makeBoard()
    for (let batch = 0; batch < 70; batch++) {
      board.observed(Array.from({ length: 1_000 }, (_, at) => request(0, `q${batch}-${at}`)))
    }
    expect([...board.calls.pending].length).toBeLessThanOrEqual(60_000)
    expect(board.calls.find('q69-999')?.status).toBe('pending')
  })
})

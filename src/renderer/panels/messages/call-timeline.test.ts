import type { CallDetails } from '@shared/model/messages'
import { describe, expect, it } from 'vitest'
import { callTimeline } from './call-timeline'

const none = {
  sent: null,
  delivered: null,
  acknowledged: null,
  answered: null,
  answerDelivered: null,
  answerAcknowledged: null,
}
const call = (status: CallDetails['status'], times: Partial<CallDetails['times']>): CallDetails => ({
  message: 'm',
  queue: 'q',
  id: '1',
  service: 's',
  from: null,
  to: null,
  method: null,
  task: null,
  status,
  ok: null,
  latency: null,
  times: { ...none, ...times },
  request: null,
  response: null,
})

describe('the timeline of a call', () => {
  it('shows what it waited for, and how long', () => {
    const line = callTimeline(
      call('answered', {
        sent: 1_000,
        delivered: 1_010,
        answered: 1_050,
        acknowledged: 1_051,
        answerDelivered: 1_052,
        answerAcknowledged: 1_060,
      }),
      9_999,
    )
    expect(line).toMatchObject({ start: 1_000, length: 60 })
    expect(line?.bars.map(({ from, to }) => [from, to])).toEqual([
      [0, 10],
      [10, 50],
      [50, 52],
      [52, 60],
    ])
    expect(line?.moments.every(({ missing }) => missing === null)).toBe(true)
  })

  it('grows while nobody takes the request', () => {
    const line = callTimeline(call('pending', { sent: 1_000 }), 8_000)
    expect(line?.bars).toMatchObject([{ name: 'waits in the queue', from: 0, to: 7_000, open: true }])
    expect(line?.moments.map(({ missing }) => missing)).toEqual([null, ...Array<string>(5).fill('not yet')])
  })

  it('says of a moment before others that it was not seen', () => {
    const line = callTimeline(call('pending', { delivered: 500 }), 600)
    expect(line?.moments.slice(0, 3).map(({ missing }) => missing)).toEqual(['not seen', null, 'not yet'])
    expect(line?.bars).toMatchObject([{ name: 'service works', from: 0, to: 100, open: true }])
  })

  it('makes up no end of a call that is lost, and nothing of nothing', () => {
    expect(callTimeline(call('lost', { sent: 1 }), 5_000)).toMatchObject({ bars: [], length: 1 })
    expect(callTimeline(call('lost', {}), 5_000)).toBeNull()
  })
})

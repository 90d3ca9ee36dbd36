import { describe, expect, it } from 'vitest'
import type { MessageRow } from '../../stores/messages-row'
import { latencyShare, latencyText, statusOf } from './message-face'

const row = (changes: Partial<MessageRow>): MessageRow => ({
  message: 'q:1',
  kind: 'request',
  queue: 'q',
  service: 's',
  from: 'a',
  to: null,
  id: '1',
  answers: null,
  method: 'm',
  task: null,
  latency: null,
  ok: null,
  size: 1,
  truncated: false,
  ...changes,
})
const pending = { status: 'pending', ok: null, latency: null } as const

describe('what a row says of its call', () => {
  it('ages visibly, by word and by sign', () => {
    const at = (age: number): string => statusOf(row({}), 0, pending, age).text
    expect([at(300), at(2_500), at(7_000), at(125_000)]).toEqual([
      '◔ pending',
      '◔ pending 2\u00a0s',
      '▲ pending 7\u00a0s',
      '■ pending 2\u00a0m',
    ])
  })

  it('tells results from errors, and what nobody knows from both', () => {
    expect(statusOf(row({ kind: 'response', ok: false, latency: 3 }), 0, undefined, 0)).toEqual({
      text: '■ error',
      tone: 'failed',
      latency: 3,
    })
    expect(statusOf(row({ kind: 'response', ok: true, latency: 3 }), 0, undefined, 0).text).toBe('ok')
    expect(statusOf(row({}), 0, { status: 'answered', ok: true, latency: 4 }, 9e9)).toMatchObject({
      latency: 4,
    })
    expect(statusOf(row({}), 0, { status: 'lost', ok: null, latency: null }, 9e9).tone).toBe('lost')
    expect(statusOf(row({}), 0, undefined, 9e9)).toMatchObject({ text: '', latency: null })
  })

  it('has bars of latency by the logarithm', () => {
    expect([0.01, 0.1, 30_000, 1e9].map(latencyShare)).toEqual([0.02, 0.02, 1, 1])
    expect(latencyShare(Math.sqrt(0.1 * 30_000))).toBeCloseTo(0.5)
    expect([latencyText(null), latencyText(12.34), latencyText(90_000)]).toEqual([
      '',
      '12.3\u00a0ms',
      '1\u00a0m 30\u00a0s',
    ])
  })
})

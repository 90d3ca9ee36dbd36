import { describe, expect, it } from 'vitest'
import type { QueueState, WaitingMessage } from '../message-sink'
import { serviceTroubles } from './service-troubles'

const waiting = (time: number, method: string | null): WaitingMessage => ({
  message: `m${time}`,
  id: `${time}`,
  time,
  from: null,
  content: {
    kind: 'request',
    answers: null,
    id: `${time}`,
    method,
    task: null,
    ok: null,
    json: '{}',
    text: '{}',
    size: 2,
    truncated: false,
  },
})
const queue = (service: string | null, changes: Partial<QueueState> = {}): QueueState => ({
  name: `org.xen.xapi.${service ?? 'reply'}`,
  service,
  listener: { kind: 'listening' },
  waiting: [],
  ...changes,
})
const told = (...states: QueueState[]): string[] =>
  serviceTroubles([{ queueStates: { states } }], 500).map(
    ({ since, title, detail }) => `${since} ${title}: ${detail}`,
  )

describe('troubles of services', () => {
  it('are services that never started while messages wait, since the oldest was sent', () => {
    const messages = [waiting(9_000, 'VDI.detach'), waiting(2_000, 'VDI.attach2')]
    expect(told(queue('storage', { listener: { kind: 'never-started' }, waiting: messages }))).toEqual([
      '2500 storage never started: 2 messages wait in org.xen.xapi.storage, the oldest is VDI.attach2: whoever sent it is blocked.',
    ])
  })

  it('are services that stopped asking, the oldest first', () => {
    const stuck = (since: number): Partial<QueueState> => ({ listener: { kind: 'unresponsive', since } })
    expect(
      told(queue('networkd', stuck(7_000)), queue('xenops', stuck(3_000))).map((text) => text.slice(0, 28)),
    ).toEqual(['3500 xenops is unresponsive:', '7500 networkd is unresponsiv'])
  })

  it('are neither services that listen, nor one that nobody needs, nor queues of replies', () => {
    expect(
      told(
        queue('memory', { waiting: [waiting(1, null)] }),
        queue('v6d', { listener: { kind: 'never-started' } }),
        queue(null, { listener: { kind: 'replies' }, waiting: [waiting(1, null)] }),
      ),
    ).toEqual([])
  })
})

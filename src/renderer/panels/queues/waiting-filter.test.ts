import type { WaitingMessage } from '@shared/model/messages'
import { describe, expect, it } from 'vitest'
import { filterWaiting } from './waiting-filter'

const now = Date.UTC(2026, 0, 1)
const message = (id: string, changes: Partial<WaitingMessage>): WaitingMessage => ({
  message: `q:${id}`,
  id,
  kind: 'request',
  time: now - 10_000,
  from: 'xapi',
  method: 'SR.stat',
  task: null,
  ok: null,
  size: 100,
  text: '{"method":"SR.stat","params":[{"sr":"b7f1d7fc"}],"__proto__":{"evil":true}}',
  ...changes,
})
const messages = [
  message('1', {}),
  message('2', { method: 'VDI.attach2', time: now - 1_000, size: 70_000, text: '{"params":[{"dp":"x' }),
  message('3', { kind: 'notification', method: null, from: null, text: '<b>not JSON</b>' }),
]
const found = (filter: string): string[] =>
  filterWaiting(messages, 'org.xen.xapi.storage', 'storage', filter, now).messages.map(({ id }) => id)

describe('the filter of what waits', () => {
  it('reads the fields of messages, ages and what is in the payload', () => {
    expect(found('')).toEqual(['1', '2', '3'])
    expect(found('kind:request age:>5s')).toEqual(['1'])
    expect(found('params.sr:b7f1*')).toEqual(['1'])
    expect(found('size:>64KiB or kind:notification')).toEqual(['2', '3'])
    expect(found('service:storage -method:SR.*')).toEqual(['2', '3'])
    expect(found('"not json"')).toEqual(['3'])
    expect(found('status:pending from:xapi method:VDI.*')).toEqual(['2'])
  })

  it('shows all and says where it cannot be read', () => {
    const { error, messages: shown } = filterWaiting(messages, 'q', null, 'kind:(', now)
    expect(error).toMatchObject({ message: expect.stringMatching(/./) as unknown })
    expect(shown).toHaveLength(3)
  })
})

import { describe, expect, it } from 'vitest'
import { ChannelGate, type Place } from './channel-gate'
import { offsetOf } from './clock-offset'
import { excerpt } from './failures'
import { withHandshakePlace } from './handshake-gate'
import { endpointKey, hopsOf, targetText } from './target'

const never = new AbortController().signal

describe('the gate of the channels', () => {
  const session = { kind: 'session', lasting: false } as const
  const lasting = { kind: 'session', lasting: true } as const
  const stream = { kind: 'stream', lasting: true } as const

  /** Asks for places, and tells which were given so far. */
  const asking = (
    gate: ChannelGate,
  ): {
    ask: (request: typeof session | typeof lasting | typeof stream, name: string) => void
    given: Map<string, Place>
  } => {
    const given = new Map<string, Place>()
    return {
      given,
      ask: (request, name) => void gate.enter(request, never).then((place) => given.set(name, place)),
    }
  }
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

  it('lets four in, in order, and one in for each that leaves', async () => {
    const gate = new ChannelGate(4)
    const { ask, given } = asking(gate)
    for (const name of 'abcdef') ask(session, name)
    await turn()
    expect([...given.keys()].join('')).toBe('abcd')
    given.get('b')!.release()
    given.get('b')!.release()
    await turn()
    expect([...given.keys()].join('')).toBe('abcde')
    expect(gate.open).toBe(4)
  })

  it('keeps one place from what lasts', async () => {
    const gate = new ChannelGate(4)
    const { ask, given } = asking(gate)
    for (const name of ['l1', 's1', 'l2', 'l3']) ask(name.startsWith('l') ? lasting : stream, name)
    ask(session, 'command')
    await turn()
    expect([...given.keys()]).toEqual(['l1', 's1', 'l2', 'command'])
    given.get('s1')!.release()
    await turn()
    expect(given.has('l3')).toBe(true)
  })

  it('goes down to what the server grants, for sessions only', async () => {
    const gate = new ChannelGate(4)
    const { ask, given } = asking(gate)
    gate.granted(1)
    let contended = 0
    gate.onContention = () => (contended += 1)
    for (const name of 'ab') ask(session, name)
    ask(stream, 'c')
    await turn()
    expect([...given.keys()].join('')).toBe('ac')
    expect(contended).toBe(1)
    expect(gate.contended).toBe(true)
    given.get('a')!.release()
    await turn()
    expect([...given.keys()].join('')).toBe('acb')
  })

  it('forgets those who give up', async () => {
    const gate = new ChannelGate(1)
    const place = await gate.enter(session, never)
    const controller = new AbortController()
    const given = gate.enter(session, controller.signal)
    controller.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    place.release()
    expect(gate.open).toBe(0)
    await expect(gate.enter(session, controller.signal)).rejects.toThrow('enough')
  })
})

it('at most four handshakes at a time for each endpoint', async () => {
  const busy = new Map<string, number>()
  let most = 0
  const handshake = (endpoint: string): Promise<void> =>
    withHandshakePlace(endpoint, new AbortController().signal, async () => {
      busy.set(endpoint, (busy.get(endpoint) ?? 0) + 1)
      most = Math.max(most, busy.get(endpoint)!)
      await new Promise((resolve) => setTimeout(resolve, 5))
      busy.set(endpoint, busy.get(endpoint)! - 1)
    })
  await Promise.all(Array.from({ length: 30 }, (_, index) => handshake(index % 3 === 0 ? 'a:22' : 'b:22')))
  expect(most).toBe(4)
  await expect(withHandshakePlace('a:22', never, () => Promise.reject(new Error('failed')))).rejects.toThrow(
    'failed',
  )
})

describe('the clock of a host', () => {
  it('is read with nanoseconds, microseconds and whole seconds', () => {
    const offset = (line: string): [number, number] | null => {
      const read = offsetOf(line, 1_700_000_000_000, 20)
      return read && [Math.round(read.milliseconds * 1000) / 1000, read.uncertainty]
    }
    expect(offset('1700000003.510000000')).toEqual([3_500, 10])
    expect(offset('1700000000,010500')).toEqual([0.5, 10])
    // busybox prints the format in place of what it does not know: right to half a second.
    expect(offset('1700000000.%N')).toEqual([490, 510])
    expect(offset('date: invalid option')).toBeNull()
    expect(offset('')).toBeNull()
  })
})

it('targets have names, and chains keys of their own', () => {
  const jump = { user: 'jump', host: 'fe80::1', port: 22 }
  const target = { user: 'root', host: 'xcp1', port: 2222, via: jump }
  expect(targetText(jump)).toBe('jump@[fe80::1]:22')
  expect(endpointKey(target)).toBe('[fe80::1]:22 > xcp1:2222')
  expect(hopsOf(target)).toEqual([jump, target])
})

it('text of a host is one short line without control or bidirectional characters', () => {
  expect(excerpt('a\x1b[31m\n\tb\u202ec\u2066 \u0085d')).toBe('a [31m b c d')
  expect(excerpt('x'.repeat(400))).toBe(`${'x'.repeat(300)}...`)
})

import { describe, expect, it } from 'vitest'
import type { DiagnosticError } from '../errors'
import { createFrameCarrier, type FramePort } from './frame-carrier'

const most = 64

/** A carrier on a port whose other side is the test, and what came of it. */
function open() {
  let receive: (frame: unknown) => void = () => undefined
  const seen = {
    messages: new Array<unknown>(),
    refused: new Array<DiagnosticError>(),
    closed: new Array<string>(),
    ports: 0,
  }
  const port: FramePort = {
    post: () => undefined,
    onFrame: (given) => (receive = given),
    onClose: () => undefined,
    close: () => seen.ports++,
  }
  const carrier = createFrameCarrier(port, { most, onRefused: (error) => seen.refused.push(error) })
  carrier.onClose((reason) => seen.closed.push(reason))
  carrier.onMessage((message) => seen.messages.push(message))
  return { seen, send: (frame: unknown) => receive(frame) }
}

const text = (length: number): string => JSON.stringify('x'.repeat(length - 2))

describe('a carrier over frames', () => {
  it('takes frames up to its limit, and of nothing else', () => {
    const { seen, send } = open()
    send(text(most))
    expect(seen.messages).toEqual(['x'.repeat(most - 2)])
    expect(seen.closed).toEqual([])
  })

  it.each([
    ['a text beyond the limit', text(most + 1), 'limit-exceeded'],
    ['bytes beyond the limit', new Uint8Array(most + 1), 'limit-exceeded'],
    ['a text that is no JSON', '{secret', 'bad-data'],
    ['bytes without a header', new Uint8Array([9, 9, 9, 9, 9]), 'bad-data'],
    ['an object', { a: 'secret' }, 'bad-data'],
    ['an ArrayBuffer', new ArrayBuffer(8), 'bad-data'],
    ['nothing', undefined, 'bad-data'],
  ])('ends at %s, once, says so without its content, and hears nothing more', (_, frame, code) => {
    const { seen, send } = open()
    send(frame)
    send(text(10))
    expect(seen.messages).toEqual([])
    expect(seen.ports).toBe(1)
    expect(seen.closed).toHaveLength(1)
    expect(seen.refused.map((error) => error.code)).toEqual([code])
    expect(JSON.stringify([seen.closed, seen.refused.map(String)])).not.toMatch(/secret|xxx/)
  })
})

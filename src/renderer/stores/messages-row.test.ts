import { describe, expect, it } from 'vitest'
import { pairOf, payloadOf, readMessageRow } from './messages-row'

const request =
  '{"time":1700000000000,"level":6,"message":"q:1","kind":"request","queue":"org.xen.xapi.storage","service":"storage",' +
  '"from":"xapi","to":null,"id":"7","method":"SR.stat","task":"R:0123","size":12,"truncated":false,"body":{"id":9007199254740993}}'
const reply =
  '{"time":1700000000000,"level":6,"message":"r:9","kind":"response","queue":"xapi:reply","service":"storage",' +
  '"from":"storage","to":"xapi","id":"7","answers":"q:1","latency":1.5,"ok":true,"size":4,"truncated":false,"body":null}'

describe('rows of messages', () => {
  it('are read without their payload', () => {
    expect(readMessageRow(request)).toMatchObject({ kind: 'request', method: 'SR.stat', latency: null })
    expect(readMessageRow(request.slice(0, -8))).toMatchObject({ message: 'q:1' })
    expect(readMessageRow(reply)).toMatchObject({ answers: 'q:1', latency: 1.5, ok: true })
    expect(readMessageRow(request.slice(0, 60))).toBeNull()
    expect(readMessageRow('Nov 22 a line of a log')).toBeNull()
  })

  it('are not misled by values that look like the end of the head', () => {
    const evil = request.replace('"SR.stat"', String.raw`"x\",\"body\":\"y"`)
    expect(readMessageRow(evil)?.method).toBe('x","body":"y')
    expect(payloadOf(evil)).toEqual({ text: '{"id":9007199254740993}', json: true })
  })

  it('give their payload as it came, and what is no JSON as text', () => {
    expect(payloadOf(request)).toEqual({ text: '{"id":9007199254740993}', json: true })
    expect(payloadOf(reply)).toEqual({ text: 'null', json: true })
    expect(payloadOf(reply.replace('null}', '"<methodCall>\\u0000"}'))).toEqual({
      text: '<methodCall>\u0000',
      json: false,
    })
  })

  it('know which request they belong to', () => {
    expect([pairOf(request), pairOf(reply), pairOf('{}')]).toEqual(['q:1', 'q:1', null])
  })
})

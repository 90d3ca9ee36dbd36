import { describe, expect, test } from 'vitest'
import { allOf, boundHost, fewHeaders, loopbackDoor, methods, originForm, type RequestFacts } from './access'

const request = (facts: Partial<RequestFacts>): RequestFacts => ({
  httpVersion: '1.1',
  method: 'GET',
  url: '/',
  rawHeaders: [],
  ...facts,
})

describe('loopbackDoor', () => {
  test('names host and origin as browsers do, without the default port', () => {
    expect(loopbackDoor(8080)).toEqual({ host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' })
    expect(loopbackDoor(80)).toEqual({ host: '127.0.0.1', origin: 'http://127.0.0.1' })
  })
})

describe('boundHost', () => {
  const check = boundHost(loopbackDoor(8080))
  test.each([
    [['Host', '127.0.0.1:8080'], undefined],
    [['hOST', '127.0.0.1:8080'], undefined],
    [[], 400],
    [['Host', '127.0.0.1:8080', 'host', '127.0.0.1:8080'], 400],
    [['Host', 'localhost:8080'], 421],
    [['Host', '127.0.0.1:8080.'], 421],
    [['Host', '127.0.0.1:08080'], 421],
    [['Host', '127.1:8080'], 421],
    [['Host', 'user@127.0.0.1:8080'], 421],
    [['Host', ''], 421],
  ])('%j -> %s', (rawHeaders, status) => {
    expect(check(request({ rawHeaders }))?.status).toBe(status)
  })
})

describe('originForm', () => {
  test.each(['/', '/a/b.js', '/a?b=c', '//x', '/%2e%2e/'])('takes %s', (url) => {
    expect(originForm(request({ url }))).toBeUndefined()
  })
  test.each(['', '*', 'http://127.0.0.1/', '127.0.0.1:80', 'a', '/ä', '/a b', '/a\u0000'])(
    'refuses %j',
    (url) => {
      expect(originForm(request({ url }))?.status).toBe(400)
    },
  )
})

describe('allOf', () => {
  test('gives the first refusal', () => {
    const check = allOf(methods('GET'), originForm)
    expect(check(request({}))).toBeUndefined()
    expect(check(request({ url: '*' }))?.status).toBe(400)
    expect(check(request({ method: 'PUT', url: '*' }))).toMatchObject({
      status: 405,
      headers: { Allow: 'GET' },
    })
  })
})

test('fewHeaders counts fields, not names and values', () => {
  const fields = (count: number): string[] => Array.from({ length: count }, () => ['a', 'b']).flat()
  expect(fewHeaders(3)(request({ rawHeaders: fields(3) }))).toBeUndefined()
  expect(fewHeaders(3)(request({ rawHeaders: fields(4) }))?.status).toBe(431)
})

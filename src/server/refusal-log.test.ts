import { expect, test } from 'vitest'
import { problem } from './problem'
import { describeRequest, RefusalLog } from './refusal-log'
import { newSecret } from './tokens'

test('a request is described without secrets, queries and control characters', () => {
  expect(describeRequest('GET', '/a/b.js?token=x#y')).toBe('GET /a/b.js')
  expect(describeRequest('GET', `/x/${newSecret()}`)).toBe('GET /x/...')
  expect(describeRequest('GET', '/\u001b[2J\n/etc')).toBe('GET /?[2J?/etc')
  expect(describeRequest('GET', `/${'ab/'.repeat(100)}`).length).toBeLessThan(90)
  expect(describeRequest(undefined, undefined)).toBe('? ')
})

test('a flood of refusals is counted instead of shown', () => {
  let time = 0
  const lines: string[] = []
  const log = new RefusalLog({ write: (line) => lines.push(line), now: () => time, lines: 2, period: 1_000 })
  for (let count = 0; count < 5; count++) log.add(problem(403, 'No.'), 'GET /')
  expect(lines).toEqual(Array.from({ length: 2 }, () => 'Refused GET /: 403 Forbidden. No.'))
  time = 1_000
  log.add(problem(403, 'No.'), 'GET /')
  expect(lines.slice(2)).toEqual([
    'Refused 3 more requests (not shown).',
    'Refused GET /: 403 Forbidden. No.',
  ])
})

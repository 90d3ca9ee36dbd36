import { expect, it } from 'vitest'
import type { ErrorCode } from '@shared/errors'
import type { ConnectStage } from '@shared/model/connection'
import { worthRetrying } from './retrying'

it.each<[ErrorCode, ConnectStage | null, boolean]>([
  ['bad-data', 'authenticate', false],
  ['limit-exceeded', 'authenticate', false],
  ['not-found', 'authenticate', false],
  ['conflict', 'identity', false],
  ['bad-data', 'identity', false],
  ['bad-data', null, false],
  ['timeout', 'authenticate', true],
  ['connection-lost', 'authenticate', true],
  ['connection-lost', 'identity', true],
  // A name server may be away for a while.
  ['not-found', 'resolve', true],
  ['bad-data', 'connect', true],
  ['limit-exceeded', 'sample', true],
  ['authentication-failed', 'sample', false],
  ['cancelled', 'authenticate', false],
])('%s at the stage %s may pass: %s', (code, stage, may) => {
  expect(worthRetrying({ code, message: '' }, stage)).toBe(may)
})

it('an end without an error may pass', () => expect(worthRetrying(null, 'sample')).toBe(true))

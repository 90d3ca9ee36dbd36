import { expect, it } from 'vitest'
import { resolveLoaded } from '../../transports/ssh/config/resolve'
import { loadSshConfig } from '../../transports/ssh/config/load'
import type { ResolvedSshConfig } from '../../transports/ssh/config/model'
import { keepaliveOf, timeoutsOf } from './limits'

async function configOf(text: string): Promise<ResolvedSshConfig> {
  const context = { user: 'me', home: '/home/me', environment: {} }
  const io = { readFile: () => Promise.resolve(text), readDirectory: () => Promise.resolve([]) }
  const config = await loadSshConfig([{ path: '/config', scope: 'user' }], { ...context, io })
  return resolveLoaded(config, 'host', context)
}

it.each([
  ['', {}],
  ['ConnectTimeout none', {}],
  ['ConnectTimeout 0', {}],
  ['ConnectTimeout 7', { connect: 7_000, handshake: 7_000 }],
  ['ConnectTimeout 1h', { connect: 120_000, handshake: 120_000 }],
])('deadlines of "%s"', async (text, timeouts) => {
  expect(timeoutsOf(await configOf(text))).toEqual(timeouts)
})

it.each([
  ['', {}],
  ['ServerAliveInterval 0', {}],
  ['ServerAliveInterval 10\nServerAliveCountMax 2', { interval: 10_000, count: 2 }],
  ['ServerAliveCountMax 5', { count: 5 }],
  ['ServerAliveInterval 10m\nServerAliveCountMax 1000', { interval: 30_000, count: 6 }],
  ['ServerAliveInterval 1\nServerAliveCountMax 0', { interval: 1_000 }],
])('keepalive of "%s"', async (text, keepalive) => {
  expect(keepaliveOf(await configOf(text))).toEqual(keepalive)
})

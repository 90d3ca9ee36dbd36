import { describe, expect, it } from 'vitest'
import { DiagnosticError } from '@shared/errors'
import { loadSshConfig } from './load'
import type { ResolveContext } from './resolve'
import { routeTo } from './route'

const context: ResolveContext = { user: 'me', home: '/home/me', environment: {} }

async function route(text: string, alias = 'target', more: Partial<ResolveContext> = {}) {
  const io = { readFile: () => Promise.resolve(text), readDirectory: () => Promise.resolve([]) }
  const config = await loadSshConfig([{ path: '/config', scope: 'user' }], { ...context, io })
  const { jumps, target } = routeTo(config, alias, { ...context, ...more })
  return [...jumps, target].map((host) => `${host.user.value}@${host.hostName.value}:${host.port.value}`)
}

describe('routeTo', () => {
  it('goes straight where nothing is in between', async () => {
    expect(await route('User root')).toEqual(['root@target:22'])
  })

  it('goes through the list in its order, each host with what the files say of it', async () => {
    const text =
      'Host target\nProxyJump one,ops@two:2222\nUser root\nHost one\nHostName one.lab\nUser first\nHost two\nUser no'
    expect(await route(text)).toEqual(['first@one.lab:22', 'ops@two:2222', 'root@target:22'])
  })

  it('goes through the jump hosts of a jump host', async () => {
    const text = 'Host target\nProxyJump two\nHost two\nProxyJump one\nPort 2222'
    expect(await route(text)).toEqual(['me@one:22', 'me@two:2222', 'me@target:22'])
  })

  it("lets a list stand in for the last host's own ProxyJump", async () => {
    const text = 'Host target\nProxyJump one,two\nHost two\nProxyJump elsewhere'
    expect(await route(text)).toEqual(['me@one:22', 'me@two:22', 'me@target:22'])
  })

  it('takes the jump hosts that were typed', async () => {
    const typed = { proxyJump: [{ user: 'ops', host: 'gate', port: 2200 }] }
    expect(await route('ProxyJump none', 'target', { typed })).toEqual(['ops@gate:2200', 'me@target:22'])
  })

  it('refuses a way that comes back to where it was, and says how to end it', async () => {
    await expect(route('Host *\nProxyJump bastion')).rejects.toThrow(
      expect.objectContaining({
        constructor: DiagnosticError,
        code: 'bad-request',
        message: 'The way to bastion leads through bastion again and again.',
        where: '/config:2',
        hint: 'Put "Host bastion" with "ProxyJump none" in front of that line.',
      }),
    )
    await expect(route('Host target\nProxyJump one\nHost one\nProxyJump target')).rejects.toThrow(
      'again and again',
    )
    expect(await route('Host bastion\nProxyJump none\nHost *\nProxyJump bastion')).toHaveLength(2)
  })

  it('allows the same host with another port or user', async () => {
    expect(await route('Match originalhost target user me\nProxyJump ops@target')).toHaveLength(2)
  })

  it('refuses a way of very many hosts', async () => {
    const hosts = Array.from({ length: 20 }, (_, index) => `h${index}`).join(',')
    await expect(route(`Host target\nProxyJump ${hosts}`)).rejects.toMatchObject({ code: 'limit-exceeded' })
  })
})

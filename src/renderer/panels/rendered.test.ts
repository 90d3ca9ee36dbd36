import { savedHost } from '@shared/model/saved-host'
import { getActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as v from 'valibot'
import { createSSRApp, type Component } from 'vue'
import { renderToString } from 'vue/server-renderer'
import StatusBar from '../frame/StatusBar.vue'
import { linkKey } from '../link/link'
import { useConnection } from '../stores/connection'
import { useHosts } from '../stores/hosts'
import { useSavedHosts } from '../stores/saved-hosts'
import { useProblems } from '../stores/problems'
import { useUptime } from '../stores/uptime'
import { createTestApp, type TestApp } from '../test-app'
import { hostNamed } from '../test-engine'
import Panel from '../ui/Panel.vue'
import CpuPanel from './CpuPanel.vue'
import HostPanel from './HostPanel.vue'
import ConnectProgressPanel from './ConnectProgressPanel.vue'
import OverviewView from '../views/OverviewView.vue'
import ProblemsPanel from './ProblemsPanel.vue'

/** Components as the text they show, on the real stores and link. */
let app: TestApp
beforeEach(() => (app = createTestApp()))
afterEach(() => {
  app.close()
  vi.unstubAllGlobals()
})
const becomes = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000 })

async function shown(component: Component, props: Record<string, unknown> = {}): Promise<string> {
  const page = createSSRApp(component, props)
  const pinia = app.run(() => getActivePinia())
  if (pinia) page.use(pinia)
  page.provide(linkKey, app.link)
  const html = await renderToString(page)
  return html
    .replace(/<!--.*?-->/g, '')
    .replace(/<[^>]*>/g, '|')
    .replace(/\|[|\s]*/g, '|')
    .replaceAll('\u00a0', ' ')
}

async function connected(): Promise<void> {
  const hosts = app.run(useHosts)
  app.run(useProblems)
  app.run(useUptime)
  const connection = app.run(useConnection)
  await becomes(() => expect(app.engine.wanted('hosts.watch')).toHaveLength(1))
  app.engine.push('hosts.watch', [hostNamed('a', { lastSampleAt: 1, cost: { cpu: 0.25, bytes: 1_024 } })])
  await becomes(() => expect(hosts.selectedId).toBe('a'))
  await becomes(() => expect(app.engine.wanted('host.details')).toHaveLength(1))
  await becomes(() => expect(connection.engine).not.toBeNull())
}
async function cut(): Promise<void> {
  app.cut()
  await becomes(() => expect(app.link.state.value.kind).toBe('waiting'))
}

describe('what panels show', () => {
  it('the age of stale data, as a word and a number', async () => {
    const state = { kind: 'stale', age: '4 s', reason: 'Silence.' }
    expect(await shown(Panel, { title: 'CPU', state })).toContain('|CPU|stale 4 s|')
  })

  it('all parts of busy time, and waiting above them', async () => {
    await connected()
    await shown(CpuPanel)
    await becomes(() => expect(app.engine.wanted('metrics.watch').map(({ paths }) => paths)).toHaveLength(2))
    const parts = ['user', 'nice', 'system', 'irq', 'steal', 'iowait']
    expect(app.engine.wanted('metrics.watch').map(({ paths }) => paths)).toContainEqual(
      parts.map((part) => `/metrics/host/host/cpu_${part}`),
    )
  })

  it('no live looks without the engine: own cost, uptime, problems', async () => {
    await connected()
    const unknown = { hostname: null, operatingSystem: null, kernel: null, architecture: null, cores: null }
    const rest = { processor: null, memory: null, virtualization: null, timeZone: null }
    const facts = { ...unknown, ...rest, bootedAt: Date.now() - 3_600_000 }
    app.engine.push('host.details', { facts, findings: [], connection: null })
    await becomes(() => expect(app.run(useUptime).value).not.toBeNull())
    expect(await shown(HostPanel)).toMatch(/^(?!.*stale).* ago\|/)
    expect(await shown(StatusBar)).toMatch(/Engine \d.*Own cost 25/)
    expect(await shown(ProblemsPanel)).toContain('No problems')
    await cut()
    expect(await shown(HostPanel)).toMatch(/stale/)
    expect(await shown(HostPanel)).not.toContain(' ago')
    expect(await shown(StatusBar)).not.toMatch(/Engine \d|Own cost \d/)
    expect(await shown(ProblemsPanel)).not.toContain('No problems')
  })

  it('a failed connection once on the whole page: the stage, what happened, what to do, a way to retry', async () => {
    await connected()
    const saved = app.run(useSavedHosts)
    const id = '8f1c7a52-58a4-4ac8-a0f3-6a2f5d1c9b10'
    const kept = { id, name: 'xcp1', address: { transport: 'ssh', host: 'xcp1' } }
    await becomes(() => expect(app.engine.wanted('saved.watch')).toHaveLength(1))
    app.engine.push('saved.watch', { hosts: [v.parse(savedHost, kept)], warnings: [] })
    const error = {
      code: 'authentication-failed' as const,
      message: 'It refused all keys.',
      hint: 'Offer another.',
    }
    app.engine.push('hosts.watch', [hostNamed(id, { state: 'failed', stage: 'authenticate', error })])
    await becomes(() => expect(app.run(useHosts).selected?.state).toBe('failed'))
    await becomes(() => expect(saved.find(id)).not.toBeNull())
    const notice = await shown(ConnectProgressPanel)
    for (const text of ['Sign in', 'It refused all keys.', 'Offer another.', 'Try again', 'RED']) {
      expect(notice).toContain(text)
    }
    const page = await shown(OverviewView)
    expect(page.split('It refused all keys.')).toHaveLength(2)
    expect(page.split('Offer another.')).toHaveLength(2)
    expect(page).not.toContain('No problems')
    expect(page).toContain('|CPU|–|No data|')
    expect(await shown(StatusBar)).toMatch(/Own cost – of a core, –/)

    // Tried again, it goes through the stages before: none of those has failed.
    const again = { state: 'reconnecting', error } as const
    app.engine.push('hosts.watch', [hostNamed(id, { ...again, stage: 'connect', hop: null })])
    await becomes(() => expect(app.run(useHosts).selected?.state).toBe('reconnecting'))
    expect(await shown(ConnectProgressPanel)).toMatch(/Connect.*done.*Sign in.*failed/)
  })
})

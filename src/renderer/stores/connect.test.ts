import type { TrialStep } from '@shared/model/connection'
import type { Prompt } from '@shared/model/prompt'
import { DiagnosticError, toWireError } from '@shared/errors'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { savedHost } from '@shared/model/saved-host'
import * as v from 'valibot'
import { createTestApp, type TestApp } from '../test-app'
import { hostNamed } from '../test-engine'
import { usePrompts } from './prompts'
import { useSavedHosts } from './saved-hosts'
import { stagesOfSession, stagesOfTrial } from './stages'
import { useTrial } from './trial'

let app: TestApp
beforeEach(() => (app = createTestApp()))
afterEach(() => {
  app.close()
  vi.unstubAllGlobals()
})
const becomes = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000 })

const aHost = () =>
  v.parse(savedHost, {
    id: '8f1c7a52-58a4-4ac8-a0f3-6a2f5d1c9b11',
    name: 'xcp1',
    address: { transport: 'ssh', host: 'xcp1', user: 'root' },
  })
const step = (stage: TrialStep['stage'], hop: string | null = null): TrialStep => ({
  stage,
  hop,
  outcome: null,
})
const secret: Prompt = {
  kind: 'secret',
  id: '8f1c7a52-58a4-4ac8-a0f3-6a2f5d1c9b10',
  host: 'a',
  hop: 'root@a:22',
  title: 'Password',
  instructions: '',
  fields: [{ label: 'Password', secret: true }],
  again: false,
  rememberable: true,
  target: true,
}

describe('the stages of a connection', () => {
  it('are done, running and to come', () => {
    expect(stagesOfTrial([step('resolve'), step('connect')]).map(({ state }) => state)).toEqual([
      'done',
      'running',
      'waiting',
      'waiting',
      'waiting',
    ])
  })

  it('name the hops where there are several, and show discovery once', () => {
    const steps = [step('connect', 'jump:22'), step('connect', 'xcp1:22'), step('discover', 'xcp1:22')]
    const shown = stagesOfTrial([...steps, step('discover')])
    expect(shown.map(({ stage, hop }) => `${stage} ${hop}`)).toEqual([
      'connect jump:22',
      'connect xcp1:22',
      'discover xcp1:22',
    ])
  })

  it('end with the one that failed', () => {
    const error = toWireError(new DiagnosticError('unreachable', 'No.'))
    const failed: TrialStep = { stage: 'connect', hop: null, outcome: { kind: 'failed', error } }
    expect(stagesOfTrial([step('resolve'), step('connect'), failed])[1]).toMatchObject({ state: 'failed' })
  })

  it('show for a host that was never reached, not for one that was lost', () => {
    const lost = hostNamed('a', { state: 'reconnecting', stage: 'connect' })
    expect(stagesOfSession(lost)[1]).toMatchObject({ stage: 'connect', state: 'failed' })
    expect(stagesOfSession({ ...lost, lastSampleAt: 1 })).toEqual([])
    expect(stagesOfSession(hostNamed('a'))).toEqual([])
  })
})

describe('questions', () => {
  it('go at once when they are answered, and come back when the answer was refused', async () => {
    const prompts = app.run(usePrompts)
    await becomes(() => expect(app.engine.wanted('prompts.watch')).toHaveLength(1))
    app.engine.push('prompts.watch', [secret])
    await becomes(() => expect(prompts.current?.id).toBe(secret.id))
    const answered = prompts.answer(secret.id, { kind: 'cancel' })
    expect(prompts.current).toBeNull()
    // This test engine has no answer to it.
    await answered
    expect(prompts.failure?.code).toBe('not-supported')
    expect(prompts.current?.id).toBe(secret.id)
    app.cut()
    await becomes(() => expect(prompts.current).toBeNull())
  })
})

describe('saved hosts', () => {
  it('tell what ails the settings file, and why a removal failed', async () => {
    const saved = app.run(useSavedHosts)
    const host = aHost()
    await becomes(() => expect(app.engine.wanted('saved.watch')).toHaveLength(1))
    const warning = toWireError(new DiagnosticError('bad-data', 'Damaged.'))
    app.engine.push('saved.watch', { hosts: [host], warnings: [warning] })
    await becomes(() => expect(saved.find(host.id)).toEqual(host))
    expect(saved.warnings).toHaveLength(1)
    await saved.remove(host)
    expect(saved.failure?.code).toBe('not-supported')
    expect(saved.removed).toBeNull()
  })
})

describe('a removal', () => {
  it('can be taken back, and the offer of that can be taken away', async () => {
    app.close()
    const kept: unknown[] = []
    const answers = { 'saved.remove': () => ({}), 'saved.save': (host: unknown) => (kept.push(host), {}) }
    app = createTestApp('', answers)
    const saved = app.run(useSavedHosts)
    await becomes(() => expect(app.link.client.value).not.toBeNull())
    const host = aHost()
    await saved.remove(host)
    expect(saved.removed).toEqual(host)
    await saved.undoRemove()
    expect(kept).toEqual([{ host }])
    expect(saved.removed).toBeNull()
    await saved.remove(host)
    saved.forgetRemoved()
    await saved.undoRemove()
    expect(kept).toHaveLength(1)
  })
})

describe('a trial', () => {
  it('shows its stages as they come, and is ended by stop', async () => {
    const trial = app.run(useTrial)
    await becomes(() => expect(app.link.client.value).not.toBeNull())
    trial.start(aHost())
    await becomes(() => expect(app.engine.wanted('hosts.try')).toHaveLength(1))
    app.engine.push('hosts.try', step('resolve'))
    await becomes(() => expect(trial.stages.value[0]).toMatchObject({ stage: 'resolve', state: 'running' }))
    trial.stop()
    await becomes(() => expect(app.engine.wanted('hosts.try')).toHaveLength(0))
    expect(trial.stages.value).toEqual([])
  })
})

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { isAborted } from '@shared/errors'
import { startSshd, type TestKey, type TestSshd } from '../../../../tests/support/sshd'
import type { SourceDescriptor } from '../../sources/source'
import { tryHost } from '../trial'
import { sshProfile } from './profile'
import { savedHost, usePerson } from './testing/person'

/** As real sources do: what cannot be read is a finding, not an error. */
class SlowSource {
  probing = 0
  readonly descriptor: SourceDescriptor = {
    kind: 'slow',
    title: 'slow',
    classes: {},
    probe: async ({ transport, signal }) => {
      this.probing++
      const sleeping = transport.exec(['sleep', '1000'], { signal, deadline: 1_000_000 })
      const detail = await sleeping.then(
        () => 'it woke up',
        () => 'nothing',
      )
      return {
        usable: false,
        findings: [{ source: 'slow', subject: 'sleep', available: false, detail }],
        facts: {},
      }
    },
    open: () => Promise.reject(new Error('never opened')),
  }
}

describe('a server that is killed in the middle of a probe', () => {
  const person = usePerson()
  let server: TestSshd
  let key: TestKey
  beforeAll(async () => {
    server = await startSshd()
    key = server.authorize('id_test')
  })
  afterAll(() => server.close())

  it('is a connection that was lost, which the session says and tries to make again', async () => {
    const source = new SlowSource()
    const session = person.connect(savedHost(server, [key.path]), { sources: [source.descriptor] })
    await vi.waitFor(() => expect(source.probing).toBe(1), { timeout: 20_000 })
    await server.kill()
    await vi.waitFor(
      () =>
        expect(session.summary()).toMatchObject({
          state: 'reconnecting',
          error: { code: 'connection-lost', message: expect.stringContaining('was lost') as unknown },
        }),
      { timeout: 10_000 },
    )
    await session.disconnect()
    await server.start()
  })

  it('ends a trial with that as its outcome', async () => {
    const source = new SlowSource()
    const leaving = new AbortController()
    const profile = sshProfile(savedHost(server, [key.path]), {
      ...person.services,
      sources: [source.descriptor],
    })
    const steps = tryHost(profile, leaving.signal)
    const outcome = (async () => {
      for await (const step of steps) if (step.outcome !== null) return step
      return isAborted(leaving.signal) ? 'left' : 'ended'
    })()
    await vi.waitFor(() => expect(source.probing).toBe(1), { timeout: 20_000 })
    await server.kill()
    expect(await outcome).toMatchObject({
      stage: 'discover',
      outcome: {
        kind: 'failed',
        error: { code: 'connection-lost', message: expect.stringContaining('was lost') as unknown },
      },
    })
    await server.start()
  })
})

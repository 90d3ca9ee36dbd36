import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSshd, type TestKey, type TestSshd } from '../../../tests/support/sshd'
import { systemClock } from '../clock'
import { RowFeed } from '../row-feed'
import { SeriesBudget } from '../series/budget'
import { openSettings, type SettingsStore } from '../settings'
import { RowStore } from '../streams/row-store'
import { HostList } from './host-list'
import { SavedHosts } from './saved-hosts'
import { isLive, savedHost, usePerson } from './ssh/testing/person'

describe('the session of a saved host', () => {
  const person = usePerson()
  let server: TestSshd
  let key: TestKey
  let settings: SettingsStore
  let hosts: HostList
  let saved: SavedHosts
  beforeAll(async () => {
    server = await startSshd()
    key = server.authorize('id_test')
  })
  afterAll(() => server.close())
  beforeEach(async () => {
    settings = await openSettings(join(person.home, 'settings'), systemClock)
    const rows = new RowFeed(new RowStore(2 ** 27), systemClock)
    hosts = new HostList(systemClock, () => 0, new SeriesBudget(2 ** 27), rows)
    saved = new SavedHosts(settings, hosts, person.services)
  })
  afterEach(async () => {
    await hosts.close()
    await settings.close()
  })
  const host = () => savedHost(server, [key.path])

  it('stays as it is, live and with its history, when the host gets another name', async () => {
    await saved.save(host())
    const session = hosts.get(host().id)
    session.connect()
    await isLive(session)
    const { since } = session.summary()
    await saved.save({ ...host(), name: 'another', group: 'of some' })
    expect(hosts.get(host().id)).toBe(session)
    expect(hosts.summaries()).toMatchObject([{ name: 'another', state: 'live', since }])
  })

  it('is a new one that connects by itself when a connected host is reached in another way', async () => {
    await saved.save(host())
    const session = hosts.get(host().id)
    session.connect()
    await isLive(session)
    const moved = { ...host(), address: { ...host().address, host: 'localhost' } }
    await saved.save(moved)
    expect(session.summary().state).toBe('disconnected')
    const next = hosts.get(host().id)
    expect(next).not.toBe(session)
    await isLive(next)
    await next.disconnect()
    await saved.save(host())
    expect(hosts.summaries()).toMatchObject([{ state: 'disconnected' }])
  })

  it('is used although that cannot be noted, which is a warning as long as it is so', async () => {
    await saved.save(host())
    const told = settings.changes.version
    chmodSync(person.home, 0o755)
    chmodSync(join(person.home, 'settings'), 0o755)
    chmodSync(join(person.home, 'settings/settings.json'), 0o644)
    // As an account that may not write; root may write everything.
    process.seteuid?.(65_534)
    try {
      await saved.touch(host().id, 1)
    } finally {
      process.seteuid?.(0)
    }
    expect(saved.warnings()).toMatchObject([{ code: 'permission-denied' }])
    expect(settings.changes.version).toBeGreaterThan(told)
    await saved.touch(host().id, 2)
    expect(saved.warnings()).toEqual([])
    expect(settings.current().hosts).toMatchObject([{ lastUsed: 2 }])
  })
})

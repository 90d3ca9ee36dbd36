import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildChildProgram, type ChildProgram } from '../../../tests/support/child-program'
import type { SavedHost } from '@shared/model/saved-host'
import { defaultSettings, type Settings } from '@shared/model/settings'
import { systemClock } from '../clock'
import { parseJson } from '../files'
import { openSettings, type SettingsChange, type SettingsStore } from './store'
import { host, settingsWith } from './testing/arbitrary'

let base = ''
let folder = ''
let file = ''
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'settings-'))
  folder = join(base, 'xcp-diagnostic-console')
  file = join(folder, 'settings.json')
})
afterEach(() => rm(base, { recursive: true, force: true }))

const open = (): Promise<SettingsStore> => openSettings(folder, systemClock)
const add =
  (...hosts: SavedHost[]): SettingsChange =>
  (settings) => ({ ...settings, hosts: [...settings.hosts, ...hosts] })
const stored = async (): Promise<unknown> => parseJson(await readFile(file))
const same: SettingsChange = (settings) => settings

describe('settings', () => {
  it('begin empty, and leave no trace before something is saved', async () => {
    const store = await open()
    expect(store.current()).toEqual(defaultSettings)
    expect(store.warnings()).toEqual([])
    expect(await readdir(base)).toEqual([])
  })

  it('that were saved are there the next time, for their owner only, with a copy', async () => {
    const store = await open()
    await store.update(add(host(1), host(2)))
    expect(store.current()).toEqual(settingsWith(host(1), host(2)))
    const again = await open()
    expect(again.current()).toEqual(settingsWith(host(1), host(2)))
    expect(again.warnings()).toEqual([])
    expect((await readdir(folder)).sort()).toEqual(['settings.json', 'settings.json.last-good'])
    expect(await readFile(`${file}.last-good`)).toEqual(await readFile(file))
    for (const name of await readdir(folder))
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
  })

  it('are frozen: who changes them by hand changes nothing', async () => {
    const store = await open()
    await store.update(add(host(1)))
    expect(() => store.current().hosts.push(host(2))).toThrow(TypeError)
    await expect(
      store.update((settings) => {
        settings.hosts.pop()
        return settings
      }),
    ).rejects.toThrow(TypeError)
    expect(store.current()).toEqual(settingsWith(host(1)))
  })

  it('take many updates of one moment, in their order, with a mistake among them', async () => {
    const store = await open()
    const results = await Promise.allSettled([
      store.update(add(host(1))),
      store.update(add(host(2, { name: '' }))),
      store.update(() => {
        throw new Error('told to')
      }),
      store.update(add(host(3))),
      store.update((settings) => ({
        ...settings,
        hosts: settings.hosts.filter(({ id }) => id !== host(1).id),
      })),
    ])
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ])
    expect(results[1]).toMatchObject({ reason: { code: 'bad-request', where: 'settings.hosts.1.name' } })
    expect(results[2]).toMatchObject({ reason: { message: 'told to' } })
    expect(store.current()).toEqual(settingsWith(host(3)))
    expect((await open()).current()).toEqual(settingsWith(host(3)))
  })

  it('are not written when nothing changes', async () => {
    const store = await open()
    await store.update(same)
    expect(await readdir(folder)).toEqual([])
    await store.update(add(host(1)))
    const before = await stat(file)
    await store.update(same)
    await store.update((settings) => structuredClone(settings))
    expect((await stat(file)).ino).toBe(before.ino)
  })

  it('tell of changes, and only of those', async () => {
    const store = await open()
    const versions = [store.changes.version]
    const record = (): unknown => versions.push(store.changes.version)
    await store.update(add(host(1)))
    record()
    await store.update(same)
    record()
    await store.update(add(host(1))).catch(record)
    expect(versions).toEqual([0, 1, 1, 1])
  })

  it('finish what was asked for when they are closed, and take no more', async () => {
    const store = await open()
    const last = store.update(add(host(1)))
    await store.close()
    expect(await stored()).toMatchObject({ hosts: [{ id: host(1).id }] })
    await last
    await expect(store.update(add(host(2)))).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('that a person edits meanwhile are not overwritten', async () => {
    const store = await open()
    await store.update(add(host(1)))
    const edited = { ...settingsWith(host(1, { name: 'edited' })), note: 'mine' }
    await writeFile(file, JSON.stringify(edited))
    await store.update(add(host(2)))
    expect(store.current()).toEqual(settingsWith(host(1, { name: 'edited' }), host(2)))
    expect(await stored()).toMatchObject({ note: 'mine' })
  })

  it('are read anew by an update that changes nothing', async () => {
    const [one, other] = [await open(), await open()]
    await one.update(add(host(1)))
    expect(other.current()).toEqual(defaultSettings)
    await other.update(same)
    expect(other.current()).toEqual(settingsWith(host(1)))
    expect(other.changes.version).toBe(1)
  })
})

describe('two consoles', () => {
  let program: ChildProgram
  beforeAll(async () => (program = await buildChildProgram('src/engine/settings/testing/add-loop.ts')))
  afterAll(() => program.remove())

  it('lose nothing of one another', { timeout: 120_000 }, async () => {
    const names = ['one', 'two', 'three']
    const children = names.map((name) => program.start(folder, name, '12'))
    const store = await open()
    for (let number = 0; number < 12; number++) {
      await store.update(add(host(number, { name: `mine ${number}` })))
    }
    expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0, 0])
    const expected = ['mine', ...names].flatMap((name) =>
      Array.from({ length: 12 }, (_, i) => `${name} ${i}`),
    )
    const { hosts } = (await open()).current()
    expect(hosts.map(({ name }) => name).sort()).toEqual(expected.sort())
    expect((await readdir(folder)).sort()).toEqual(['settings.json', 'settings.json.last-good'])
  })
})

describe('a console that is killed while it saves', () => {
  let program: ChildProgram
  beforeAll(async () => (program = await buildChildProgram('src/engine/settings/testing/save-loop.ts')))
  afterAll(() => program.remove())

  it('leaves the old or the new settings, never a mixture', { timeout: 180_000 }, async () => {
    const hosts = Array.from({ length: 60 }, (_, number) => host(number))
    await (await open()).update(add(...hosts))
    for (let kill = 0; kill < 15; kill++) {
      const child = program.start(folder)
      await child.nextMessage()
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 80))
      child.process.kill('SIGKILL')
      await child.ended
      const store = await open()
      expect(store.warnings()).toEqual([])
      const { memory, hosts: found } = store.current()
      expect(found).toEqual(hosts.map((one) => ({ ...one, lastUsed: memory.rows })))
      expect(memory.rows).toBeGreaterThanOrEqual(Number(child.messages.at(-1)))
      const names = (await readdir(folder)).filter((name) => !name.startsWith('settings.json.lock'))
      expect(names.sort()).toEqual(['settings.json', 'settings.json.last-good'])
      await checkSavesAgain(store)
    }
  })

  async function checkSavesAgain(store: SettingsStore): Promise<void> {
    const toggle = (settings: Settings): Settings => ({
      ...settings,
      hosts: settings.hosts.map((one) => ({ ...one, connectOnStart: !one.connectOnStart })),
    })
    await store.update(toggle)
    await store.update(toggle)
  }
})

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mountSmallDisk } from '../../../tests/support/small-disk'
import type { SavedHost } from '@shared/model/saved-host'
import { defaultSettings, type Settings } from '@shared/model/settings'
import { systemClock, type Clock } from '../clock'
import { renderSettings, emptyDocument, parseSettings } from './document'
import { openSettings, type SettingsChange } from './store'
import { host, settingsWith } from './testing/arbitrary'

const smallDisk = mountSmallDisk(64)
smallDisk?.release()

let folder = ''
let file = ''
let copy = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-faults-'))
  file = join(folder, 'settings.json')
  copy = `${file}.last-good`
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** 2026-01-02T03:04:05.678Z, and no time passes. */
const clock: Clock = { ...systemClock, now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) }
const asideName = 'settings.json.corrupt-2026-01-02T03-04-05.678Z'
const open = (inFolder = folder) => openSettings(inFolder, clock)
const text = (settings: Settings): string => renderSettings(emptyDocument, settings)
const add =
  (...hosts: SavedHost[]): SettingsChange =>
  (settings) => ({ ...settings, hosts: [...settings.hosts, ...hosts] })
const names = async (inFolder = folder): Promise<string[]> => (await readdir(inFolder)).sort()
const newer = '{"version": 2, "hosts": [{"new": "form"}]}'

describe('a damaged settings file', () => {
  const damaged = '{"version": 1, "hosts": [{"password": "hunter2"'

  it('is kept, the last good copy is loaded and restored, and this is said', async () => {
    await writeFile(file, damaged)
    await writeFile(copy, text(settingsWith(host(1))))
    const store = await open()
    expect(store.current()).toEqual(settingsWith(host(1)))
    expect(store.warnings()).toEqual([
      {
        code: 'bad-data',
        message: expect.stringMatching(
          // Not every version of Node tells the place.
          /^The settings file is damaged\. It is not valid JSON( \(line 1, column 48\))?\. The last good copy was loaded\.$/,
        ) as unknown,
        where: join(folder, asideName),
        hint: 'The damaged file is kept there: what is missing now can be copied from it.',
      },
    ])
    expect(await readFile(join(folder, asideName), 'utf8')).toBe(damaged)
    expect(await readFile(file, 'utf8')).toBe(text(settingsWith(host(1))))
    await store.update(add(host(2)))
    expect((await open()).current()).toEqual(settingsWith(host(1), host(2)))
    expect((await open()).warnings()).toEqual([])
    expect(await names()).toEqual(['settings.json', asideName, 'settings.json.last-good'])
  })

  it('without a copy begins empty, and can be saved over', async () => {
    await writeFile(file, damaged)
    const store = await open()
    expect(store.current()).toEqual(defaultSettings)
    expect(store.warnings()).toMatchObject([
      { message: expect.stringContaining('There is no good copy, so the settings are empty.') as unknown },
    ])
    await store.update(add(host(1)))
    expect((await open()).current()).toEqual(settingsWith(host(1)))
    expect(await readFile(join(folder, asideName), 'utf8')).toBe(damaged)
  })

  it('with a damaged copy keeps both', async () => {
    await writeFile(file, damaged)
    await writeFile(copy, 'nonsense')
    const store = await open()
    expect(store.warnings()).toMatchObject([
      { where: join(folder, asideName) },
      { message: 'The copy of the settings is damaged. It is not valid JSON.' },
    ])
    await store.update(add(host(1)))
    expect(await readFile(`${copy}.corrupt-2026-01-02T03-04-05.678Z`, 'utf8')).toBe('nonsense')
    expect(await readFile(join(folder, asideName), 'utf8')).toBe(damaged)
  })

  it('never takes the place of one that was kept before', async () => {
    for (const content of ['first', 'second', 'third']) {
      await writeFile(file, content)
      await open()
    }
    expect(await readFile(join(folder, asideName), 'utf8')).toBe('first')
    expect(await readFile(join(folder, `${asideName}-1`), 'utf8')).toBe('second')
    expect(await readFile(join(folder, `${asideName}-2`), 'utf8')).toBe('third')
  })

  it('that becomes so while the console runs is found by the next save', async () => {
    const store = await open()
    await store.update(add(host(1)))
    await writeFile(file, damaged)
    await store.update(add(host(2)))
    expect((await open()).current()).toEqual(settingsWith(host(1), host(2)))
    expect(store.warnings()).toMatchObject([{ where: join(folder, asideName) }])
    expect(store.changes.version).toBeGreaterThan(1)
    await store.update(add(host(3)))
    expect(store.warnings()).toHaveLength(1)
  })

  it('of any kind loses nothing: what was there is kept or loaded', { timeout: 120_000 }, async () => {
    const whole = Buffer.from(text(settingsWith(host(1), host(2))))
    const position = fc.nat({ max: whole.length })
    const damage = fc.oneof(
      position.map((end) => whole.subarray(0, end)),
      fc.tuple(position, fc.uint8Array({ minLength: 1, maxLength: 9 })).map(([at, bytes]) => {
        const changed = Buffer.from(whole)
        changed.set(bytes.subarray(0, whole.length - at), at)
        return changed
      }),
      fc
        .tuple(position, fc.uint8Array({ maxLength: 9 }))
        .map(([at, bytes]) => Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at)])),
      fc.nat({ max: 5_000 }).map((length) => Buffer.alloc(length)),
    )
    const good = settingsWith(host(3))
    await fc.assert(
      fc.asyncProperty(damage, async (content) => {
        await rm(folder, { recursive: true, force: true })
        await mkdir(folder)
        await writeFile(file, content)
        await writeFile(copy, text(good))
        const store = await open()
        const parsed = parseSettings(content, file)
        expect(store.current()).toEqual(parsed.kind === 'good' ? parsed.document.settings : good)
        const kept = parsed.kind === 'corrupt' ? join(folder, asideName) : file
        expect(await readFile(kept)).toEqual(content)
        if (parsed.kind !== 'good') expect(store.warnings().length).toBeGreaterThan(0)
      }),
      { numRuns: 60 },
    )
  })
})

describe('a settings file that is missing', () => {
  it('is restored from the copy', async () => {
    await writeFile(copy, text(settingsWith(host(1))))
    const store = await open()
    expect(store.current()).toEqual(settingsWith(host(1)))
    expect(store.warnings()).toMatchObject([
      { code: 'not-found', hint: expect.stringContaining(copy) as unknown },
    ])
    expect(await readFile(file, 'utf8')).toBe(text(settingsWith(host(1))))
  })

  it('whose copy is damaged begins empty, and the copy is kept', async () => {
    await writeFile(copy, 'nonsense')
    const store = await open()
    expect(store.current()).toEqual(defaultSettings)
    expect(store.warnings()).toMatchObject([{ code: 'bad-data' }])
    expect(await names()).toEqual([`settings.json.last-good.corrupt-2026-01-02T03-04-05.678Z`])
  })
})

describe('the file of a newer console', () => {
  it('is left alone: this run goes on with the copy and saves nothing', async () => {
    await writeFile(file, newer)
    await writeFile(copy, text(settingsWith(host(1))))
    const store = await open()
    expect(store.current()).toEqual(settingsWith(host(1)))
    expect(store.warnings()).toMatchObject([
      {
        code: 'not-supported',
        message:
          'The settings file was written by a newer console (format 2, this one knows 1). The last good copy was loaded. Changes cannot be saved.',
        where: file,
      },
    ])
    await expect(store.update(add(host(2)))).rejects.toMatchObject({ code: 'not-supported', where: file })
    expect(store.current()).toEqual(settingsWith(host(1)))
    expect(await readFile(file, 'utf8')).toBe(newer)
    expect(await readFile(copy, 'utf8')).toBe(text(settingsWith(host(1))))
    expect(await names()).toEqual(['settings.json', 'settings.json.last-good'])
  })

  it('that appears while the console runs is left alone too, and the console recovers when it goes', async () => {
    const store = await open()
    await store.update(add(host(1)))
    const before = await readFile(file)
    await writeFile(file, newer)
    await expect(store.update(add(host(2)))).rejects.toMatchObject({ code: 'not-supported' })
    expect(await readFile(file, 'utf8')).toBe(newer)
    expect(store.warnings()).toHaveLength(1)
    await writeFile(file, before)
    await store.update(add(host(2)))
    expect(store.warnings()).toEqual([])
    expect(store.current()).toEqual(settingsWith(host(1), host(2)))
  })

  it('that is only a copy is not written over either', async () => {
    await writeFile(copy, newer)
    for (const content of [null, 'nonsense']) {
      if (content !== null) await writeFile(file, content)
      const store = await open()
      await expect(store.update(add(host(1)))).rejects.toMatchObject({ code: 'not-supported', where: copy })
      expect(await readFile(copy, 'utf8')).toBe(newer)
    }
  })
})

describe('a place that does not do', () => {
  it('a folder where the file should be is left alone', async () => {
    await mkdir(join(file, 'inside'), { recursive: true })
    const store = await open()
    expect(store.warnings()).toMatchObject([{ code: 'not-supported', where: file }])
    await expect(store.update(add(host(1)))).rejects.toMatchObject({ code: 'not-supported' })
    expect(await names(file)).toEqual(['inside'])
  })

  it('a file where the folder should be is told', async () => {
    await writeFile(file, 'x')
    const store = await open(file)
    expect(store.current()).toEqual(defaultSettings)
    await expect(store.update(add(host(1)))).rejects.toMatchObject({ name: 'DiagnosticError' })
    expect(await readFile(file, 'utf8')).toBe('x')
  })

  it.runIf(smallDisk)('a disk that is read-only is read, and said to be so', async () => {
    const disk = mountSmallDisk(64)
    try {
      await (await open(disk!.path)).update(add(host(1)))
      disk!.makeReadOnly()
      const store = await open(disk!.path)
      expect(store.current()).toEqual(settingsWith(host(1)))
      expect(store.warnings()).toMatchObject([
        { code: 'permission-denied', message: expect.stringContaining('read-only') as unknown },
      ])
      await expect(store.update(add(host(2)))).rejects.toMatchObject({ code: 'permission-denied' })
      expect(store.current()).toEqual(settingsWith(host(1)))
    } finally {
      disk!.release()
    }
  })

  it.runIf(smallDisk)('a disk that is full keeps the old settings whole', async () => {
    const disk = mountSmallDisk(256)
    try {
      const hosts = Array.from({ length: 60 }, (_, number) => host(number))
      const store = await open(disk!.path)
      await store.update(add(...hosts))
      const before = await names(disk!.path)
      disk!.fill(8_192)
      const rename: SettingsChange = (settings) => ({
        ...settings,
        hosts: settings.hosts.map((one) => ({ ...one, name: 'renamed' })),
      })
      await expect(store.update(rename)).rejects.toMatchObject({
        code: 'limit-exceeded',
        message: 'Writing the file failed: the disk is full.',
      })
      expect(await names(disk!.path)).toEqual(['.filler', ...before])
      for (const one of [store, await open(disk!.path)]) {
        expect(one.current()).toEqual(settingsWith(...hosts))
        expect(one.warnings()).toEqual([])
      }
      disk!.fill(150_000)
      await store.update(rename)
      expect((await open(disk!.path)).current().hosts.every(({ name }) => name === 'renamed')).toBe(true)
    } finally {
      disk!.release()
    }
  })

  it.runIf(smallDisk)('a disk with room for the file, and none for its copy, says that', async () => {
    const disk = mountSmallDisk(256)
    try {
      const hosts = Array.from({ length: 60 }, (_, number) => host(number))
      const store = await open(disk!.path)
      // The copy does not exist yet: the first save needs twice the room.
      disk!.fill(40_000)
      await store.update(add(...hosts))
      expect(store.current()).toEqual(settingsWith(...hosts))
      expect(store.warnings()).toMatchObject([
        { code: 'limit-exceeded', where: join(disk!.path, 'settings.json.last-good') },
      ])
    } finally {
      disk!.release()
    }
  })
})

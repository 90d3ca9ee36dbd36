import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HostSummary } from '@shared/model/host'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Attention, type AttentionPlaces } from './attention/attention'
import { drawLight } from './attention/light-icon'
import { lights, plainText, worstState } from './attention/worst-state'
import { fileName } from './files/downloads'
import { createLog } from './log'
import { menuTemplate } from './menu'
import { openedByArguments, openedByHandover, openedFile } from './opened'
import { placesIn } from './places'
import { CrashRecovery } from './window/crash-recovery'
import { placeWindow, readRemembered, writeRemembered } from './window/remembered'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'desktop-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the window that is remembered', () => {
  const screen = { x: 0, y: 0, width: 1920, height: 1040 }
  const kept = { bounds: { x: 10, y: 20, width: 1000, height: 700 }, maximized: true, zoom: 1.5 }

  it('comes back as it was written, for its owner only', () => {
    const path = join(folder, 'a/window.json')
    writeRemembered(path, kept)
    expect(readRemembered(path)).toMatchObject(kept)
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it.each(['', '{', '[]', '{"version":2}', '{"version":1,"bounds":{"x":"0"},"maximized":1,"zoom":99}'])(
    'is forgotten where its file holds %s',
    (text) => {
      writeFileSync(join(folder, 'w'), text)
      expect(readRemembered(join(folder, 'w'))).toBeNull()
    },
  )

  it('opens on a screen that is there, whatever was remembered', () => {
    expect(placeWindow(kept, [screen])).toEqual(kept.bounds)
    const lost = [
      { x: 5_000, y: 0, width: 900, height: 600 },
      { x: 0, y: -700, width: 900, height: 600 },
      { x: 1_900, y: 0, width: 900, height: 600 },
      { x: 0, y: 1_030, width: 900, height: 600 },
    ]
    for (const bounds of lost) {
      expect(placeWindow({ ...kept, bounds }, [screen])).toEqual({ x: 240, y: 70, width: 1440, height: 900 })
    }
    const small = { x: 0, y: 0, width: 800, height: 500 }
    expect(placeWindow({ ...kept, bounds: { x: 0, y: 0, width: 9_000, height: 10 } }, [small])).toEqual(small)
  })
})

describe('what the desktop gives to open', () => {
  it('are ssh links and snapshot files that are there, and nothing else', () => {
    const file = join(folder, 'a.XDSNAP')
    writeFileSync(file, '')
    writeFileSync(join(folder, 'b.txt'), '')
    const args = [
      '--flag',
      'ssh://root@host:22',
      'a.XDSNAP',
      file,
      'b.txt',
      'no.xdsnap',
      'http://x',
      'ssh://a b',
      'ssh://\u0007',
    ]
    expect(openedByArguments(args, folder)).toEqual([
      { kind: 'address', text: 'ssh://root@host:22' },
      { kind: 'snapshot', path: file },
      { kind: 'snapshot', path: file },
    ])
    expect(openedFile('a.xdsnap')).toBeNull()
    expect(openedFile(folder)).toBeNull()
  })

  it('is checked again when another program hands it over', () => {
    const bad = [
      null,
      1,
      {},
      { opened: 1 },
      { opened: [{ kind: 'run' }] },
      { opened: [{ kind: 'address', text: 'http://x' }] },
    ]
    for (const data of [...bad, { opened: [{ kind: 'snapshot', path: '/etc/passwd' }] }]) {
      expect(openedByHandover(data)).toEqual([])
    }
    const link = { kind: 'address', text: 'ssh://h' }
    expect(openedByHandover({ opened: [link] })).toEqual([link])
  })
})

const host = (id: string, state: HostSummary['state'], name = id): HostSummary => ({
  id,
  name,
  address: '',
  state,
  stage: null,
  hop: null,
  error: null,
  since: 0,
  lastSampleAt: null,
  interval: 1_000,
  simulated: false,
  cost: { cpu: null, bytes: null },
  troubles: [],
})

describe('the worst state', () => {
  it('is never green where nothing is known, and says what it is in words', () => {
    expect(worstState(null)).toMatchObject({ light: 'unknown', count: 0 })
    expect(worstState([])).toMatchObject({ light: 'off', text: 'Nothing connected' })
    expect(worstState([host('a', 'live'), host('b', 'disconnected')])).toMatchObject({
      light: 'green',
      text: 'Green: 1 live',
    })
    expect(worstState([host('a', 'live'), host('b', 'stale'), host('c', 'failed')])).toEqual({
      light: 'red',
      count: 2,
      text: 'Red: 2 of 3 hosts',
    })
  })

  it('is that of the services of a host that answers itself', () => {
    const trouble = {
      severity: 'red' as const,
      since: 0,
      title: 'storage never started',
      detail: '',
      view: 'queues',
    }
    expect(worstState([{ ...host('a', 'live'), troubles: [trouble] }, host('b', 'live')])).toEqual({
      light: 'red',
      count: 1,
      text: 'Red: 1 of 2 hosts',
    })
  })

  it('has a shape of its own for each light', () => {
    const shapes = lights.map((light) => {
      const { pixels } = drawLight(light, 16)
      return Array.from({ length: 256 }, (_, index) => (pixels[index * 4 + 3] === 255 ? '#' : '.')).join('')
    })
    expect(new Set(shapes).size).toBe(lights.length)
  })

  it('is told beside the window only when nobody looks, once, without what names may hide', () => {
    const told: string[] = []
    let watched = false
    const places: AttentionPlaces = {
      badge: (count) => told.push(`badge ${count}`),
      overlay: (icon) => told.push(`overlay ${icon === null ? 'none' : 'light'}`),
      tray: (_, text) => told.push(text),
      notify: (title) => told.push(`! ${title}`),
      isWatched: () => watched,
    }
    const attention = new Attention(places)
    const take = (): string[] => told.splice(0)
    attention.update([host('a', 'live', 'x\u202ey\n')])
    expect(take()).toEqual(['badge 0', 'Green: 1 live', 'overlay none'])
    attention.update([host('a', 'failed', 'x\u202ey\n')])
    expect(take()).toEqual(['badge 1', 'Red: 1 of 1 hosts', 'overlay light', '! x\ufffdy\ufffd: failed'])
    attention.update([host('a', 'failed')])
    expect(take()).toEqual([])
    attention.update(null)
    attention.update([host('a', 'reconnecting')])
    expect(take().filter((line) => line.startsWith('!'))).toEqual([])
    watched = true
    attention.update([host('a', 'live')])
    attention.update([host('a', 'failed')])
    expect(take().filter((line) => line.startsWith('!'))).toEqual([])
    expect(plainText('a'.repeat(500))).toHaveLength(120)
  })
})

describe('a window whose process died', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('is loaded again, ever later; the fourth time in a minute a person is asked', async () => {
    const done: string[] = []
    let answer = true
    let time = 0
    const recovery = new CrashRecovery({
      reload: () => done.push('reload'),
      ask: () => Promise.resolve((done.push('ask'), answer)),
      quit: () => done.push('quit'),
      log: () => undefined,
      now: () => time,
    })
    await recovery.gone('clean-exit')
    vi.runAllTimers()
    expect(done).toEqual([])
    for (let crash = 0; crash < 3; crash++) {
      await recovery.gone('crashed')
      vi.runAllTimers()
    }
    expect(done.splice(0)).toEqual(['reload', 'reload', 'reload'])
    await recovery.gone('oom')
    vi.runAllTimers()
    expect(done.splice(0)).toEqual(['ask', 'reload'])
    time += 61_000
    for (let crash = 0; crash < 3; crash++) await recovery.gone('crashed')
    answer = false
    done.splice(0)
    await recovery.gone('crashed')
    expect(done).toEqual(['ask', 'quit'])
  })
})

describe('small things', () => {
  it('names of saved files hold no folder and no control characters', () => {
    expect(fileName('../../etc/passwd')).toBe('__.._etc_passwd')
    expect(fileName('a\u202etxt.exe\u0000:b')).toBe('a_txt.exe__b')
    expect(fileName('')).toBe('export.txt')
    expect(fileName('x'.repeat(500))).toHaveLength(120)
  })

  it('refusals are counted instead of repeated', () => {
    const lines: string[] = []
    const log = createLog((line) => lines.push(line))
    for (let count = 0; count < 100; count++) log.refused('a webview')
    log.refused('a redirect')
    expect(lines).toHaveLength(3 + 5 + 1)
    expect(lines.at(-2)).toBe('Refused a webview, 64 times.\n')
  })

  it('the menu has the developer’s tools in no package, and every accelerator once', () => {
    const actions = {
      command: vi.fn(),
      openSnapshot: vi.fn(),
      restartEngine: vi.fn(),
      zoom: vi.fn(),
      openExternal: vi.fn(),
      quit: vi.fn(),
    }
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const packaged = JSON.stringify(menuTemplate({ platform, name: 'X', developer: false, actions }))
      expect(packaged).not.toMatch(/toggleDevTools|"reload"/)
      const keys = [...packaged.matchAll(/"accelerator":"([^"]+)"/g)].map((match) => match[1])
      expect(new Set(keys).size).toBe(keys.length)
      expect(keys).toContain('CommandOrControl+Q')
      expect(JSON.stringify(menuTemplate({ platform, name: 'X', developer: true, actions }))).toContain(
        'toggleDevTools',
      )
    }
  })

  it('main and engine agree on the folder of settings', async () => {
    const { settingsFolder } = await import('../engine/settings')
    const home = { platform: 'linux' as const, home: () => '/home/a' }
    expect(placesIn('/home/a/.config', undefined).folder).toBe(settingsFolder({ ...home, environment: {} }))
    expect(placesIn('/x', '/y').folder).toBe(
      settingsFolder({ ...home, environment: { XCP_DIAG_CONFIG: '/y' } }),
    )
  })

  it('a build has the preload where the preferences look for it', async () => {
    const { webPreferences } = await import('./window/preferences')
    expect(webPreferences.preload.endsWith('/preload/index.cjs')).toBe(true)
    expect(readFileSync(join(import.meta.dirname, '../../electron.vite.config.ts'), 'utf8')).toContain(
      "'[name].cjs'",
    )
  })
})

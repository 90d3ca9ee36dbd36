import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { channels, mostToShell } from '../../src/shared/desktop'
import { hostileAddresses } from '../../src/main/testing/addresses'
import { permissionNames } from '../../src/main/testing/permission-names'
import { buildDesktop, ProgramOnDouble, type Change } from './desktop-program'

/** The whole main program, as it joins its parts, against a window that was taken over. */

const ours = { origin: 'app://console', parent: null, detached: false }
/** Senders that are not the page. */
const strangers: Readonly<Record<string, object | null>> = {
  'no frame': null,
  detached: { ...ours, detached: true },
  subframe: { ...ours, parent: {} },
  'another origin': { ...ours, origin: 'https://evil.example' },
}
/** Of each channel: what the page may send. */
const rightful: Readonly<Record<string, unknown>> = {
  [channels.link]: JSON.stringify({ type: 'copy', text: 'rightful' }),
  [channels.dropped]: ['/tmp/a.xdsnap'],
}
/** Of each channel: what is too large, and what is not in the contract. */
const unfit: Readonly<Record<string, readonly unknown[]>> = {
  [channels.link]: [
    JSON.stringify({ type: 'copy', text: 'x'.repeat(mostToShell) }),
    JSON.stringify({ type: 'run', text: 'stolen' }),
    JSON.stringify({ type: 'copy', text: 'stolen', more: 1 }),
  ],
  [channels.dropped]: [['/a'.repeat(9_000)], Array.from({ length: 65 }, () => '/a'), '/etc/passwd'],
}
const others = ['ipc-other', channels.engine, 'ELECTRON_BROWSER_REQUIRE', '__proto__']

async function faults(program: string): Promise<string[]> {
  const desktop = new ProgramOnDouble(program)
  const found: string[] = []
  try {
    const window = await desktop.hear(({ type }) => type === 'window')
    if (window === null || (await desktop.hear(({ type }) => type === 'load')) === null)
      return [`does not start: ${desktop.errors}`]
    const { id } = window
    if (window.preferences?.['sandbox'] !== true || window.preferences['contextIsolation'] !== true)
      found.push('preferences of the window')
    if (desktop.recorded('sandbox').length !== 1) found.push('no sandbox for all')
    found.push(...(await messageFaults(desktop, id)))
    async function allowed(what: string, message: Record<string, unknown>): Promise<void> {
      if ((await desktop.ask({ id, ...message })) !== false) found.push(what)
    }
    await Promise.all(
      hostileAddresses.flatMap((url) => [
        allowed(`navigation ${url}`, { type: 'navigate', url, isMainFrame: true }),
        allowed(`window ${url}`, { type: 'open-window', url }),
      ]),
    )
    await Promise.all(
      permissionNames.flatMap((name) => [
        allowed(`permission ${name}`, { type: 'permission', name, check: false }),
        allowed(`check of ${name}`, { type: 'permission', name, check: true }),
      ]),
    )
    for (const url of ['https://evil.example/', 'file:///etc/passwd', 'http://127.0.0.1/'])
      if ((await desktop.ask({ type: 'request', url, method: 'GET' })) !== null) found.push(`load ${url}`)
    const download = { type: 'download', url: 'https://evil.example/a', name: 'a' }
    if ((await desktop.ask(download)) !== null) found.push('a download from elsewhere')
    const page = await desktop.ask({ type: 'request', url: 'app://console/', method: 'GET' })
    if (!JSON.stringify(page).includes(`default-src 'none'`)) found.push('no policy')
    found.push(...(await secondStartFaults(program, desktop)))
    return found
  } finally {
    await desktop.stop()
  }
}

async function messageFaults(desktop: ProgramOnDouble, id: number | undefined): Promise<string[]> {
  const found: string[] = []
  async function refused(name: string, message: Record<string, unknown>): Promise<void> {
    // Refusals of a kind in a row are counted together: another kind goes between.
    let before = desktop.errors.length
    desktop.tell({ type: 'ipc', id, channel: channels.link, args: ['{'], frame: ours })
    await desktop.hear(() => desktop.errors.length > before, 1_000)
    before = desktop.errors.length
    const copies = desktop.recorded('clipboard').length
    desktop.tell({ type: 'ipc', id, ...message })
    desktop.tell({ type: 'ipc', id, channel: channels.link, args: [rightful[channels.link]], frame: ours })
    await desktop.hear(() => desktop.recorded('clipboard').length > copies)
    await desktop.hear(() => desktop.errors.length > before, 1_000)
    if (desktop.recorded('clipboard').length !== copies + 1) found.push(`${name} is taken`)
    if (desktop.errors.length === before) found.push(`${name} is refused silently`)
  }
  for (const channel of [channels.link, channels.dropped]) {
    for (const [name, frame] of Object.entries(strangers))
      await refused(`${name} on ${channel}`, { channel, args: [rightful[channel]], frame })
    for (const body of unfit[channel] ?? [])
      await refused(`${JSON.stringify(body).slice(0, 30)} on ${channel}`, {
        channel,
        args: [body],
        frame: ours,
      })
  }
  for (const channel of others) await refused(channel, { channel, args: ['stolen'], frame: ours })
  if (JSON.stringify(desktop.recorded('clipboard')).includes('stolen')) found.push('the clipboard')
  return found
}

async function secondStartFaults(program: string, first: ProgramOnDouble): Promise<string[]> {
  const second = new ProgramOnDouble(program, first.folder)
  await second.hear(
    () => second.child.exitCode !== null || second.heard.some(({ type }) => type === 'window'),
  )
  const { exitCode } = second.child
  if (exitCode === null) second.child.kill('SIGKILL')
  return exitCode === 0 ? [] : ['a second instance']
}

let folder = ''
let programs = 0
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'hostile-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const next = (): string => join(folder, String(programs++))

describe('the main program and a hostile window', () => {
  it('takes nothing, leads nowhere, allows nothing, and says so', async () => {
    expect(hostileAddresses.length).toBeGreaterThanOrEqual(200)
    expect(await faults(await buildDesktop(next()))).toEqual([])
  }, 60_000)

  const changes: readonly (readonly [fault: string, change: Change])[] = [
    ['no sandbox for all', { file: 'main/index.ts', find: 'app.enableSandbox()', replace: '' }],
    ['navigation', { file: 'main/index.ts', find: 'guardContents(contents, log)', replace: 'undefined' }],
    [
      'a second instance',
      { file: 'main/index.ts', find: 'app.requestSingleInstanceLock({ opened })', replace: 'true' },
    ],
    [
      'permission',
      { file: 'main/desktop.ts', find: 'guardSession(session.defaultSession, files, log)', replace: '' },
    ],
    [
      'is refused silently',
      { file: 'main/desktop.ts', find: 'refuseOtherChannels(window.webContents, log)', replace: '' },
    ],
    [
      'detached on xcp-link is taken',
      { file: 'main/link/window-link.ts', find: 'foreignSender(event, current)', replace: 'null' },
    ],
    [
      'preferences of the window',
      {
        file: 'main/window/console-window.ts',
        find: '    webPreferences,',
        replace: '    webPreferences: { ...webPreferences, sandbox: false },',
      },
    ],
    [
      'a download from elsewhere',
      { file: 'main/security/session.ts', find: "session.on('will-download'", replace: "session.on('other'" },
    ],
  ]
  it.each(changes)(
    'finds "%s" where that is left out',
    async (fault, change) => {
      expect((await faults(await buildDesktop(next(), change))).join('\n')).toContain(fault)
    },
    60_000,
  )
})

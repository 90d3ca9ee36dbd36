import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { channels, mostToShell } from '@shared/desktop'
import { allowedAddresses, hostileAddresses } from './addresses'
import { heardLog, Registered } from './fakes'
import { permissionNames } from './permission-names'
import type * as Modules from './security-modules'

/** Each check names what it found to be open; none is the only right answer. */
export async function securityFaults(modules: typeof Modules): Promise<string[]> {
  return [
    ...preferenceFaults(modules),
    ...navigationFaults(modules),
    ...externalFaults(modules),
    ...permissionFaults(modules),
    ...senderFaults(modules),
    ...protocolFaults(modules),
    ...sessionFaults(modules),
    ...downloadFaults(modules),
    ...(await vaultFaults(modules)),
    ...(await publicKeyFaults(modules)),
  ]
}

const wanted: Readonly<Record<string, boolean>> = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  enableDeprecatedPaste: false,
  plugins: false,
}

function preferenceFaults({ webPreferences }: typeof Modules): string[] {
  const given = new Map<string, unknown>(Object.entries(webPreferences))
  return [
    ...Object.entries(wanted).flatMap(([name, value]) =>
      given.get(name) === value ? [] : [`preference ${name}`],
    ),
    ...(Object.isFrozen(webPreferences) ? [] : ['preferences are not frozen']),
  ]
}

function navigationFaults({ guardContents, isAppPage, mayLoad }: typeof Modules): string[] {
  const contents = new Registered()
  let opened: unknown
  guardContents({ on: contents.on, setWindowOpenHandler: (handler) => (opened = handler()) }, heardLog())
  const faults = hostileAddresses.flatMap((url) => [
    ...(isAppPage(url) ? [`page ${url}`] : []),
    ...(mayLoad(url) && !/^(app:\/\/console\/|devtools:)/.test(url) ? [`load ${url}`] : []),
    ...(contents.prevents('will-frame-navigate', { url, isMainFrame: true }) ? [] : [`navigation ${url}`]),
    ...(contents.prevents('will-redirect', { url }) ? [] : [`redirect ${url}`]),
  ])
  const page = 'app://console/'
  if (!contents.prevents('will-frame-navigate', { url: page, isMainFrame: false })) faults.push('a frame')
  if (!contents.prevents('will-redirect', { url: page })) faults.push('a redirect to the page')
  if (!contents.prevents('will-attach-webview')) faults.push('a webview')
  if (contents.prevents('will-frame-navigate', { url: `${page}#view`, isMainFrame: true }))
    faults.push('no reload')
  if (JSON.stringify(opened) !== '{"action":"deny"}') faults.push('a new window')
  return faults
}

function externalFaults({ externalAddress }: typeof Modules): string[] {
  return [
    ...hostileAddresses.filter((url) => externalAddress(url) !== null).map((url) => `external ${url}`),
    ...allowedAddresses.filter((url) => externalAddress(url) === null).map((url) => `not external ${url}`),
  ]
}

function permissionFaults({ denyPermissions }: typeof Modules): string[] {
  const session = new Registered()
  const keep = (name: string) => (handler: (...args: never[]) => unknown) => session.on(name, handler)
  denyPermissions(
    {
      setPermissionRequestHandler: keep('request'),
      setPermissionCheckHandler: keep('check'),
      setDevicePermissionHandler: keep('device'),
      setDisplayMediaRequestHandler: keep('screen'),
    },
    heardLog(),
  )
  const faults: string[] = []
  for (const name of permissionNames) {
    let answer: unknown = 'nothing'
    session.call('request', null, name, (granted: unknown) => (answer = granted))
    if (answer !== false) faults.push(`permission ${name}`)
    if (session.call('check', null, name) !== false) faults.push(`check of ${name}`)
  }
  if (session.call('device') !== false) faults.push('devices')
  let streams: unknown = 'nothing'
  session.call('screen', {}, (given: unknown) => (streams = given))
  if (streams !== null) faults.push('the screen')
  return faults
}

const ours = { origin: 'app://console', detached: false, parent: null }
/** Senders that are not the page, by what is wrong with them. */
const strangers: Readonly<Record<string, (page: object) => object>> = {
  'no frame': (page) => ({ sender: page, senderFrame: null }),
  detached: (page) => ({ sender: page, senderFrame: { ...ours, detached: true } }),
  subframe: (page) => ({ sender: page, senderFrame: { ...ours, parent: ours } }),
  'another origin': (page) => ({ sender: page, senderFrame: { ...ours, origin: 'https://evil.example' } }),
  'an opaque origin': (page) => ({ sender: page, senderFrame: { ...ours, origin: 'null' } }),
  'a longer origin': (page) => ({ sender: page, senderFrame: { ...ours, origin: 'app://console2' } }),
  'another window': () => ({ sender: {}, senderFrame: ours }),
  'a frame that throws': (page) => ({
    sender: page,
    get senderFrame(): never {
      throw new Error('Render frame was disposed')
    },
  }),
}

const good: Readonly<Record<string, unknown>> = {
  [channels.link]: '{"type":"connect"}',
  [channels.dropped]: ['/tmp/a.xdsnap'],
}
const bad: Readonly<Record<string, readonly unknown[][]>> = {
  [channels.link]: [
    [],
    ['{"type":"connect"}', 1],
    [{ type: 'connect' }],
    ['{'],
    ['null'],
    ['{"type":"run"}'],
    ['{"type":"connect","more":1}'],
    ['{"type":"copy"}'],
    ['{"type":"copy","text":1}'],
    [`{"type":"copy","text":"${'x'.repeat(mostToShell)}"}`],
  ],
  [channels.dropped]: [
    [],
    ['/tmp/a'],
    [[1]],
    [['']],
    [['/a'.repeat(3_000)]],
    [Array.from({ length: 65 }, () => '/a')],
  ],
}

function senderFaults({ listenToWindow }: typeof Modules): string[] {
  const page = { on: () => undefined, send: () => undefined, isDestroyed: () => false }
  const ipc = new Registered()
  const log = heardLog()
  let taken = 0
  listenToWindow({
    ipc: { on: ipc.on },
    contents: () => page,
    log,
    receive: () => taken++,
    dropped: () => taken++,
  })
  const faults: string[] = []
  for (const [channel, body] of Object.entries(good)) {
    for (const [name, stranger] of Object.entries(strangers)) {
      const [before, said] = [taken, log.refusals.length]
      ipc.call(channel, stranger(page), body)
      if (taken !== before) faults.push(`${name} on ${channel}`)
      if (log.refusals.length !== said + 1) faults.push(`${name} on ${channel} is refused silently`)
    }
    for (const args of bad[channel] ?? []) {
      const [before, said] = [taken, log.refusals.length]
      ipc.call(channel, { sender: page, senderFrame: ours }, ...args)
      const shown = JSON.stringify(args).slice(0, 60)
      if (taken !== before) faults.push(`${shown} on ${channel}`)
      if (log.refusals.length !== said + 1) faults.push(`${shown} on ${channel} is refused silently`)
    }
    const before = taken
    ipc.call(channel, { sender: page, senderFrame: ours }, body)
    if (taken !== before + 1) faults.push(`the page itself on ${channel}`)
  }
  return faults
}

function protocolFaults({ answerFrom, schemes }: typeof Modules): string[] {
  const html = '<!doctype html><head><meta name="csp-nonce" content="%CSP_NONCE%"></head>'
  const file = (contentType: string, text: string) => ({
    contentType,
    body: Buffer.from(text),
    etag: '',
    immutable: false,
  })
  const answer = answerFrom(
    new Map([
      ['/index.html', file('text/html', html)],
      ['/a.js', file('text/javascript', '1')],
    ]),
  )
  const get = (url: string, method = 'GET'): Response => answer({ method, url })
  const faults: string[] = []
  const page = get('app://console/')
  const policy = page.headers.get('Content-Security-Policy') ?? ''
  for (const rule of [
    `default-src 'none'`,
    `script-src 'self'`,
    `connect-src 'self'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `form-action 'none'`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
  ]) {
    if (!policy.split('; ').includes(rule)) faults.push(`policy ${rule}`)
  }
  if (!/style-src 'self' 'nonce-[\w-]{22}'/.test(policy) || policy.includes('unsafe'))
    faults.push('policy of styles')
  if (get('app://console/').headers.get('Content-Security-Policy') === policy) faults.push('a nonce twice')
  for (const path of [
    '/../a.js',
    '/%2e%2e/a.js',
    '/a.js?x',
    '//a.js',
    '/a.js/',
    '/package.json',
    '/\\a.js',
    '/A.JS',
  ]) {
    if (get(`app://console${path}`).status !== 404) faults.push(`file ${path}`)
  }
  for (const url of ['app://other/a.js', 'https://console/a.js', 'app://console.evil/a.js']) {
    if (get(url).status !== 404) faults.push(`file ${url}`)
  }
  if (get('app://console/a.js', 'POST').status !== 405) faults.push('a POST')
  if (get('app://console/a.js').status !== 200) faults.push('no files')
  if (get('app://console/a.js').headers.get('X-Content-Type-Options') !== 'nosniff') faults.push('sniffing')
  const expected = [{ scheme: 'app', privileges: { standard: true, secure: true } }]
  if (JSON.stringify(schemes) !== JSON.stringify(expected)) faults.push('privileges of the scheme')
  return faults
}

function sessionFaults({ guardSession }: typeof Modules): string[] {
  const done = new Registered()
  const keep = (name: string) => (handler: (...args: never[]) => unknown) => done.on(name, handler)
  const session = {
    protocol: { handle: (_: string, handler: (...args: never[]) => unknown) => done.on('protocol', handler) },
    setPermissionRequestHandler: keep('request'),
    setPermissionCheckHandler: keep('check'),
    setDevicePermissionHandler: keep('device'),
    setDisplayMediaRequestHandler: keep('screen'),
    setSpellCheckerEnabled: () => undefined,
    webRequest: { onBeforeRequest: keep('load') },
    on: done.on,
  }
  guardSession(session, new Map(), heardLog())
  const faults = ['protocol', 'request', 'check', 'load', 'will-download'].filter(
    (name) => !done.listeners.has(name),
  )
  for (const url of [
    'https://evil.example/',
    'http://127.0.0.1/',
    'file:///etc/passwd',
    'ws://evil.example/',
  ]) {
    done.call('load', { url }, (answer: unknown) => {
      if (JSON.stringify(answer) !== '{"cancel":true}') faults.push(`load ${url}`)
    })
  }
  return faults
}

function downloadFaults({ saveByDialog }: typeof Modules): string[] {
  const attempt = (url: string): boolean => {
    let prevented = false
    const item = {
      getURL: () => url,
      getFilename: () => '../x',
      setSaveDialogOptions: () => undefined,
      once: () => undefined,
    }
    saveByDialog({ preventDefault: () => (prevented = true) }, item, heardLog())
    return prevented
  }
  const foreign = hostileAddresses.filter((url) => !attempt(url)).map((url) => `download ${url}`)
  return attempt('blob:app://console/1') ? [...foreign, 'no download at all'] : foreign
}

/** What a key store may answer, true to its interface or not; `honest` ones may keep a key. */
async function vaultFaults({ vaultKey }: typeof Modules): Promise<string[]> {
  const faults: string[] = []
  for (const { name, platform, honest, storage } of (await import('./key-stores')).keyStores) {
    const folder = mkdtempSync(join(tmpdir(), 'key-store-'))
    try {
      const seen: string[] = []
      const found = await vaultKey({ storage: storage(seen), path: join(folder, 'vault-key.json'), platform })
      const disk = readdirSync(folder)
        .map((file) => readFileSync(join(folder, file), 'latin1'))
        .join('\n')
      if (!honest && disk !== '') faults.push(`${name} (${platform}): something is on the disk`)
      if (!honest && 'key' in found) faults.push(`${name} (${platform}): trusted`)
      if (honest && !('key' in found)) faults.push(`${name} (${platform}): not used`)
      if (seen.some((key) => disk.includes(key))) faults.push(`${name} (${platform}): plain text on the disk`)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return faults
}

/** A key on the disk that everybody can open is not used, though the store of now is a good one. */
async function publicKeyFaults({ vaultKey }: typeof Modules): Promise<string[]> {
  const { keyStores } = await import('./key-stores')
  const storage = keyStores.find(({ name }) => name === 'libsecret')?.storage([])
  if (!storage) return ['there is no good key store']
  const folder = mkdtempSync(join(tmpdir(), 'key-store-'))
  try {
    const path = join(folder, 'vault-key.json')
    const answer = await storage.encryptStringAsync('A'.repeat(43))
    if (!Buffer.isBuffer(answer)) return ['the good key store does not seal']
    const sealed = Buffer.concat([Buffer.from('v10'), answer.subarray(3)])
    writeFileSync(path, JSON.stringify({ version: 1, sealed: sealed.toString('base64') }))
    const found = await vaultKey({ storage, path, platform: 'linux' })
    return 'key' in found ? ['a key that everybody can open is used'] : []
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

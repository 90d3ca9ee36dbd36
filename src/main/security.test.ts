import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { hostileAddresses } from './testing/addresses'
import { permissionNames } from './testing/permission-names'
import { securityFaults } from './testing/security-checks'
import * as modules from './testing/security-modules'

const src = resolve(import.meta.dirname, '..')
let folder = ''
let mutants = 0
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'mutants-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the desktop as it is', () => {
  it('has no fault', async () => {
    expect(hostileAddresses.length).toBeGreaterThanOrEqual(200)
    expect(permissionNames.length).toBeGreaterThan(40)
    expect(await securityFaults(modules)).toEqual([])
  })
})

type Mutant = readonly [file: string, find: string, replace: string]
const preferences = 'main/window/preferences.ts'
const navigation = 'main/security/navigation.ts'
const external = 'main/security/open-external.ts'
const permissions = 'main/security/permissions.ts'
const sender = 'main/security/sender.ts'
const link = 'main/link/window-link.ts'
const protocol = 'main/content/app-protocol.ts'
const session = 'main/security/session.ts'
const headers = 'server/headers.ts'
const keys = 'main/vault/key-store.ts'

/** Each weakens one setting; a test that does not notice is no test. */
const weakened: readonly Mutant[] = [
  [preferences, 'sandbox: true', 'sandbox: false'],
  [preferences, 'contextIsolation: true', 'contextIsolation: false'],
  [preferences, 'nodeIntegration: false', 'nodeIntegration: true'],
  [preferences, 'nodeIntegrationInWorker: false', 'nodeIntegrationInWorker: true'],
  [preferences, 'nodeIntegrationInSubFrames: false', 'nodeIntegrationInSubFrames: true'],
  [preferences, 'webSecurity: true', 'webSecurity: false'],
  [preferences, 'allowRunningInsecureContent: false', 'allowRunningInsecureContent: true'],
  [preferences, 'experimentalFeatures: false', 'experimentalFeatures: true'],
  [preferences, 'webviewTag: false', 'webviewTag: true'],
  [preferences, 'navigateOnDragDrop: false', 'navigateOnDragDrop: true'],
  [preferences, 'enableDeprecatedPaste: false', 'enableDeprecatedPaste: true'],
  [preferences, 'plugins: false', 'plugins: true'],
  [preferences, 'Object.freeze(', '('],
  [navigation, 'url === appPage ||', 'url.startsWith(appOrigin) ||'],
  [navigation, 'event.isMainFrame && isAppPage', 'isAppPage'],
  [navigation, 'event.preventDefault()\n    log.refused(`a redirect', 'log.refused(`a redirect'],
  [navigation, "event.preventDefault()\n    log.refused('a webview')", "log.refused('a webview')"],
  [navigation, 'url.startsWith(appPage) ||', 'url.startsWith(appPage) || url.startsWith("https:") ||'],
  [navigation, '`blob:${appPage}`', '`blob:`'],
  [navigation, "    return { action: 'deny' }", "    return { action: 'allow' as 'deny' }"],
  [navigation, 'event.preventDefault()\n    log.refused(`a navigation', 'log.refused(`a navigation'],
  [external, "text.startsWith('https://')", "text.startsWith('http')"],
  [external, 'hosts.has(url.hostname)', 'true'],
  [external, "url.username === ''", 'true'],
  [external, "url.port === ''", 'true'],
  [external, 'odd.test(text) ||', ''],
  [external, 'text.length > longest ||', ''],
  [permissions, 'callback(false)', "callback(permission === 'clipboard-read')"],
  [permissions, 'setPermissionCheckHandler(() => false)', 'setPermissionCheckHandler(() => true)'],
  [permissions, 'setDevicePermissionHandler(() => false)', 'setDevicePermissionHandler(() => true)'],
  [permissions, 'callback(null)', 'callback({} as null)'],
  [sender, 'event.sender !== contents', 'false'],
  [sender, "} catch {\n    return 'of a frame that is gone'", '} catch {\n    return null'],
  [sender, 'frame.detached', 'false'],
  [sender, 'frame.parent !== null', 'false'],
  [sender, 'frame.origin !== appOrigin', '!frame.origin.startsWith(appOrigin)'],
  [link, 'foreign !== null', 'false'],
  [link, 'args.length !== 1', 'false'],
  [link, 'body.length > mostToShell', 'false'],
  [link, "validate(toShell, value, 'message')", 'value'],
  [link, "validate(droppedPaths, body, 'dropped files')", 'body'],
  [link, 'log.refused(`a message ${foreign} on ${channel}`)', ''],
  [protocol, 'secure: true', 'secure: true, bypassCSP: true'],
  [protocol, 'standard: true, ', ''],
  [protocol, "method !== 'GET' && method !== 'HEAD'", 'false'],
  [protocol, '...securityHeaders({ nonce }),', ''],
  [session, 'denyPermissions(session, log)', ''],
  [session, 'cancel: !allowed', 'cancel: false'],
  [session, "session.on('will-download'", "session.on('none'"],
  ['main/files/downloads.ts', '`blob:${appPage}`', "'blob:'"],
  [headers, "`default-src 'none'`", "`default-src 'self'`"],
  [headers, "`connect-src 'self'`", '`connect-src *`'],
  [headers, "`img-src 'self' data:`", '`img-src *`'],
  [headers, "`font-src 'self'`", '`font-src *`'],
  [headers, "`form-action 'none'`", "`form-action 'self'`"],
  [headers, "`style-src 'self' 'nonce-${nonce}'`", "`style-src 'self' 'unsafe-inline'`"],
  [headers, "`script-src 'self'`", "`script-src 'self' 'unsafe-inline'`"],
  [headers, "`frame-ancestors 'none'`", "`frame-ancestors 'self'`"],
  [headers, "`object-src 'none'`", "`object-src 'self'`"],
  [headers, "`base-uri 'none'`", "`base-uri 'self'`"],
  ['server/page.ts', "randomBytes(16).toString('base64url')", "'AAAAAAAAAAAAAAAAAAAAAA'"],
  [keys, 'isAsyncEncryptionAvailable()) !== true', 'isAsyncEncryptionAvailable()) === false'],
  [keys, 'realBackends.has(backend) ? null', 'backend ? null'],
  [keys, 'isPublic(platform, bytes) || shows(bytes, key)', 'shows(bytes, key)'],
  [keys, 'isPublic(platform, bytes) || shows(bytes, key)', 'isPublic(platform, bytes)'],
  [keys, "'gnome_libsecret', ", "'gnome_libsecret', 'basic_text', "],
  [keys, 'isPublic(options.platform, sealed)', 'false'],
  [keys, '!again.success || again.output.result !== key', 'false'],
]

describe('weakened in one place', () => {
  it.each(weakened)('%s: %s -> %s', async (file, find, replace) => {
    expect(await securityFaults(await load(file, find, replace))).not.toEqual([])
  })
})

/** The modules with one text replaced, as a program of their own. */
async function load(file: string, find: string, replace: string): Promise<typeof modules> {
  let replaced = 0
  const built = await build({
    configFile: false,
    root: src,
    logLevel: 'error',
    resolve: { alias: { '@shared': resolve(src, 'shared') } },
    plugins: [
      {
        name: 'mutant',
        enforce: 'pre',
        transform(code, id) {
          if (id !== resolve(src, file)) return undefined
          if (code.includes(find)) replaced++
          return code.replace(find, () => replace)
        },
      },
    ],
    build: {
      ssr: resolve(src, 'main/testing/security-modules.ts'),
      write: false,
      minify: false,
      rolldownOptions: { output: { format: 'es' } },
    },
    ssr: { noExternal: true },
  })
  expect(replaced).toBe(1)
  const [bundle] = [built].flat()
  const chunk = bundle && 'output' in bundle ? bundle.output[0] : undefined
  const path = join(folder, `mutant-${mutants++}.mjs`)
  await writeFile(path, chunk?.code ?? '')
  return vi.importActual<typeof modules>(path)
}

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/** What decides about security stands in one module each; elsewhere it cannot be said at all. */

const src = resolve(import.meta.dirname, '..')
const sources = ['main', 'preload'].flatMap((folder) =>
  readdirSync(join(src, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|\/testing\//.test(name)),
)
const holding = (pattern: RegExp): string[] =>
  sources.filter((name) => pattern.test(readFileSync(join(src, name), 'utf8'))).sort()

describe('one place', () => {
  it.each([
    ['opens addresses outside', /shell\.openExternal\(/, ['main/security/open-external.ts']],
    ['sets preferences of windows', /contextIsolation|nodeIntegration/, ['main/window/preferences.ts']],
    ['makes windows', /new BrowserWindow\(/, ['main/window/console-window.ts']],
    ['loads pages', /\.loadURL\(/, ['main/window/console-window.ts']],
    ['listens to the window', /\bipc\.on\(/, ['main/link/window-link.ts']],
    ['exposes something to the page', /exposeInMainWorld\(/, ['preload/index.ts']],
    ['asks the system’s key store', /EncryptionAvailable\(\)|StringAsync\(/, ['main/vault/key-store.ts']],
    ['answers permissions', /PermissionRequestHandler\(/, ['main/security/permissions.ts']],
  ])('%s', (_, pattern, expected) => {
    expect(holding(pattern)).toEqual(expected)
  })

  it.each([
    ['files as pages', /loadFile\(|file:\/\/(?!\$)/],
    ['synchronous sealing', /\.(en|de)cryptString\(/],
    ['answers to calls of the window', /\.handle(Once)?\('|ipcMain\.on\(/],
    ['code from texts', /executeJavaScript|\beval\(|new Function\(/],
    ['other sessions', /fromPartition|partition:/],
    ['the remote debugging of Chromium', /remote-debugging|appendSwitch/],
  ])('nowhere: %s', (_, pattern) => {
    expect(holding(pattern)).toEqual([])
  })
})

import { expect, test } from 'vitest'
import { browserOpener } from './browser'
import { parseOptions } from './options'

test.each([
  [[], { options: { port: 0, openBrowser: true } }],
  [['--web', '--port', '8080', '--no-open'], { options: { port: 8080, openBrowser: false } }],
  [['--port=0'], { options: { port: 0, openBrowser: true } }],
  [['--help', '--port', '1'], { help: true }],
])('%j', (args, expected) => {
  expect(parseOptions(args)).toEqual(expected)
})

test.each([
  ['--port', '65536'],
  ['--port', '-1'],
  ['--port', '0x50'],
  ['--port', ''],
  ['--port'],
  ['--host'],
  ['x'],
])('refuses %j', (...args) => {
  expect(parseOptions(args)).toHaveProperty('mistake')
})

test('a browser is opened only where there is a screen, and never through a command line', () => {
  const path = '/run/user/1000/xcp-diag-a/open-console.html'
  expect(browserOpener('linux', {}, path)).toBeNull()
  expect(browserOpener('linux', { DISPLAY: ':0' }, path)).toEqual(['xdg-open', path])
  expect(browserOpener('linux', { WAYLAND_DISPLAY: 'wayland-0' }, path)).toEqual(['xdg-open', path])
  expect(browserOpener('darwin', {}, path)).toEqual(['open', path])
  expect(browserOpener('win32', {}, path)).toEqual(['rundll32', 'url.dll,FileProtocolHandler', path])
})

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { createTestApp, type TestApp } from '../test-app'
import { useShortcuts, type KeyPress } from './shortcuts'

let app: TestApp
beforeEach(() => (app = createTestApp()))
afterEach(() => {
  app.close()
  vi.unstubAllGlobals()
})

const press = (key: string, changes: Partial<KeyPress> = {}): KeyPress => ({
  key,
  target: null,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  defaultPrevented: false,
  preventDefault: vi.fn(),
  ...changes,
})

it('runs a key while its component lives, lists it, and leaves combinations to the browser', () => {
  const shortcuts = app.run(useShortcuts)
  const run = vi.fn()
  const scope = effectScope()
  scope.run(() => shortcuts.add({ key: 't', label: 'Theme', group: 'Window', run }))
  const listed = () => shortcuts.groups.flatMap((group) => group.shortcuts.map((one) => one.key))

  const event = press('t')
  expect(shortcuts.handle(event)).toBe(true)
  expect(event.preventDefault).toHaveBeenCalledOnce()
  expect(shortcuts.handle(press('t', { ctrlKey: true }))).toBe(false)
  expect(shortcuts.handle(press('T'))).toBe(false)
  expect(run).toHaveBeenCalledOnce()
  expect(listed()).toEqual(['t'])

  scope.stop()
  expect(shortcuts.handle(press('t'))).toBe(false)
  expect(listed()).toEqual([])
})

it('gives a key to the component that came last, and back to the one before when that leaves', () => {
  const shortcuts = app.run(useShortcuts)
  const [frame, view] = [vi.fn(), vi.fn()]
  const scopes = [effectScope(), effectScope()]
  scopes[0]?.run(() => shortcuts.add({ key: 'n', label: 'Connect', group: 'Hosts', run: frame }))
  scopes[1]?.run(() => shortcuts.add({ key: 'n', label: 'Next hit', group: 'Logs', run: view }))
  const listed = () => shortcuts.groups.flatMap((group) => group.shortcuts.map((one) => one.label))

  shortcuts.handle(press('n'))
  expect([frame.mock.calls.length, view.mock.calls.length]).toEqual([0, 1])
  expect(listed()).toEqual(['Next hit'])
  scopes[1]?.stop()
  shortcuts.handle(press('n'))
  expect([frame.mock.calls.length, view.mock.calls.length]).toEqual([1, 1])
  expect(listed()).toEqual(['Connect'])
})

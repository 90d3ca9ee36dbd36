import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { createTestApp, type TestApp } from '../test-app'
import { readSettings, useSettings } from './settings'

describe('readSettings', () => {
  it.each([null, '', 'not json', '[]', '7', '{"theme":5}'])('%j gives the defaults', (text) => {
    expect(readSettings(text)).toEqual({
      theme: 'system',
      density: 'compact',
      range: 5,
      hostList: true,
      processOrder: 'cpu',
    })
  })

  it('keeps the good choices beside a bad one', () => {
    expect(readSettings('{"theme":"light","range":7,"density":"comfortable"}')).toMatchObject({
      theme: 'light',
      range: 5,
      density: 'comfortable',
    })
  })
})

describe('useSettings', () => {
  let app: TestApp
  beforeEach(() => (app = createTestApp()))
  afterEach(() => {
    app.close()
    vi.unstubAllGlobals()
  })

  it('toggles away from the system theme and back to following it', () => {
    const settings = app.run(useSettings)
    expect(settings.shownTheme).toBe('dark')
    settings.toggleTheme()
    expect([settings.shownTheme, settings.chosen.theme]).toEqual(['light', 'light'])
    settings.toggleTheme()
    expect([settings.shownTheme, settings.chosen.theme]).toEqual(['dark', 'system'])
  })

  it('remembers', async () => {
    app.run(useSettings).choose({ range: 30, processOrder: 'memory' })
    await nextTick()
    expect(readSettings([...app.storage.values()][0]!)).toMatchObject({ range: 30, processOrder: 'memory' })
  })
})

import { describe, expect, it } from 'vitest'
import { resolve } from 'node:path'
import { settingsFolder, type Surroundings } from './folder'

const on = (
  platform: NodeJS.Platform,
  environment: Record<string, string> = {},
  home = platform === 'win32' ? 'C:\\Users\\ana' : '/home/ana',
): Surroundings => ({ platform, environment, home: () => home })

describe('the folder of settings', () => {
  it.each([
    ['Linux', on('linux'), '/home/ana/.config/xcp-diagnostic-console'],
    ['XDG', on('linux', { XDG_CONFIG_HOME: '/etc/ana' }), '/etc/ana/xcp-diagnostic-console'],
    ['relative XDG', on('linux', { XDG_CONFIG_HOME: 'ana' }), '/home/ana/.config/xcp-diagnostic-console'],
    ['empty XDG', on('linux', { XDG_CONFIG_HOME: '' }), '/home/ana/.config/xcp-diagnostic-console'],
    ['macOS', on('darwin'), '/home/ana/Library/Application Support/xcp-diagnostic-console'],
    ['Windows', on('win32', { APPDATA: 'D:\\Roaming' }), 'D:\\Roaming\\xcp-diagnostic-console'],
    ['bare Windows', on('win32'), 'C:\\Users\\ana\\AppData\\Roaming\\xcp-diagnostic-console'],
    ['chosen', on('darwin', { XCP_DIAG_CONFIG: '/tmp/x', XDG_CONFIG_HOME: '/y' }), '/tmp/x'],
    ['chosen, relative', on('linux', { XCP_DIAG_CONFIG: 'here' }), resolve('here')],
  ])('%s', (_, surroundings, expected) => {
    expect(settingsFolder(surroundings)).toBe(expected)
  })

  it('of a user without a home cannot be told', () => {
    const fails: Surroundings = {
      ...on('linux'),
      home: () => {
        throw new Error('no such user')
      },
    }
    for (const surroundings of [fails, on('linux', {}, '')]) {
      expect(() => settingsFolder(surroundings)).toThrow(/no home folder/)
    }
    expect(settingsFolder({ ...fails, environment: { XDG_CONFIG_HOME: '/etc/x' } })).toBe(
      '/etc/x/xcp-diagnostic-console',
    )
  })
})

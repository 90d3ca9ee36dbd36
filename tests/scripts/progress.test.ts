import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { withProgress } from '../../scripts/start/progress.mjs'

class Screen {
  text = ''
  readonly isTTY: boolean
  constructor(isTTY: boolean) {
    this.isTTY = isTTY
  }
  write(text: string): void {
    this.text += text
  }
}

describe('withProgress', () => {
  test('says nothing of what is quick', async () => {
    const screen = new Screen(true)
    expect(await withProgress('Building', () => Promise.resolve(7), screen)).toBe(7)
    expect(screen.text).toBe('')
  })

  test('writes plain lines where there is no terminal', async () => {
    const screen = new Screen(false)
    await withProgress('Building', () => sleep(700), screen)
    expect(screen.text).toMatch(/^Building \.\.\.\nBuilding: done after \d+\.\d s\n$/)
  })

  test('turns on a terminal, and leaves one line', async () => {
    const screen = new Screen(true)
    await withProgress('Building', () => sleep(900), screen)
    const drawn = screen.text.split('\r\u001b[K')
    expect(drawn.length).toBeGreaterThan(2)
    expect(drawn[1]).toMatch(/^⠋ Building \(0\.\d s\)$/)
    expect(drawn.at(-1)).toMatch(/^Building: done after \d+\.\d s\n$/)
  })

  test('passes a failure on, and says so', async () => {
    const screen = new Screen(false)
    const task = async (): Promise<void> => {
      await sleep(700)
      throw new Error('no')
    }
    await expect(withProgress('Building', task, screen)).rejects.toThrow('no')
    expect(screen.text).toContain('Building: failed after')
  })
})

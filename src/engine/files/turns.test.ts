import { describe, expect, it } from 'vitest'
import { inTurn } from './turns'

const tick = () => new Promise((resolve) => setImmediate(resolve))

describe('inTurn', () => {
  it('runs the works of a key one at a time, in order, past failures', async () => {
    const events: string[] = []
    const work =
      (name: string, fails = false) =>
      async () => {
        events.push(`${name} begins`)
        await tick()
        events.push(`${name} ends`)
        if (fails) throw new Error(name)
        return name
      }
    const results = await Promise.allSettled([
      inTurn('k', work('a')),
      inTurn('k', work('b', true)),
      inTurn('k', work('c')),
    ])
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : 'failed'))).toEqual([
      'a',
      'failed',
      'c',
    ])
  })

  it('does not hold up another key', async () => {
    let finish = (): void => undefined
    const slow = inTurn('slow', () => new Promise<void>((resolve) => (finish = resolve)))
    expect(await inTurn('quick', () => Promise.resolve(1))).toBe(1)
    finish()
    await slow
  })
})

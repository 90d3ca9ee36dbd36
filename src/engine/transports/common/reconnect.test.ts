import { describe, expect, it } from 'vitest'
import { defaultReconnectPolicy, reconnectDelays } from './reconnect'

describe('reconnectDelays', () => {
  const first = (count: number, random: () => number): number[] => {
    const delays = reconnectDelays(random)
    return Array.from({ length: count }, () => delays.next().value)
  }

  it('grow up to the cap, and further only after many attempts', () => {
    const { cap, patient, lastCap } = defaultReconnectPolicy
    const longest = first(200, () => 1)
    expect(longest.slice(0, 5)).toEqual([250, 500, 1_000, 1_500, 1_500])
    expect(Math.max(...longest.slice(0, patient))).toBe(cap)
    expect(longest[199]).toBe(lastCap)
    for (const [index, delay] of longest.entries())
      expect(delay).toBeGreaterThanOrEqual(longest[index - 1] ?? 0)
  })

  it('are spread over half of what is due', () => {
    const longest = first(60, () => 1)
    const shortest = first(60, () => 0)
    expect(shortest).toEqual(longest.map((delay) => delay / 2))
    let seed = 7
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
    const sessions = Array.from({ length: 50 }, () => first(5, random)[4]!)
    expect(new Set(sessions.map((delay) => Math.round(delay / 50))).size).toBeGreaterThan(8)
  })
})

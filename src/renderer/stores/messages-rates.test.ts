import { describe, expect, it } from 'vitest'
import { CounterRates } from './messages-rates'

const counts = (value: number): Map<string, number> => new Map([['a', value]])

describe('rates of counters', () => {
  it('are taken over the last seconds, and unknown before the second figure', () => {
    const rates = new CounterRates(5_000)
    rates.note(0, counts(100))
    expect(rates.rate('a')).toBeNull()
    rates.note(1_000, counts(110))
    expect(rates.rate('a')).toBe(10)
    for (let second = 2; second <= 20; second++) rates.note(second * 1_000, counts(110))
    expect(rates.rate('a')).toBe(0)
    expect(rates.rate('b')).toBeNull()
  })

  it('begin anew where the counter did', () => {
    const rates = new CounterRates()
    rates.note(0, counts(100))
    rates.note(1_000, counts(3))
    expect(rates.rate('a')).toBeNull()
    rates.note(2_000, counts(5))
    expect(rates.rate('a')).toBe(2)
  })
})

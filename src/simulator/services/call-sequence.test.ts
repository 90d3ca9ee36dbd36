import { expect, it } from 'vitest'
import { callMix } from './call-mix'
import { CallSequence } from './call-sequence'
import { makeEstate } from './estate'
import { Random } from './random'

const calls = (seed: number, count: number): ReturnType<CallSequence['next']>[] => {
  const sequence = new CallSequence(seed, callMix, makeEstate(new Random(seed), 'host'))
  return Array.from({ length: count }, () => sequence.next())
}

it('the same seed makes the same calls, another seed others', () => {
  expect(calls(7, 50)).toEqual(calls(7, 50))
  expect(calls(8, 50)).not.toEqual(calls(7, 50))
})

it('calls come as often as their weights say, and as quickly as they should', () => {
  const many = calls(1, 20_000)
  const stats = many.filter(({ kind }) => kind.method === 'VM.stat').length
  const weights = callMix.reduce((sum, { weight }) => sum + weight, 0)
  expect(stats / many.length).toBeCloseTo(30 / weights, 1)
  expect(many.reduce((sum, { pause }) => sum + pause, 0) / many.length).toBeCloseTo(1, 1)
  expect(new Set(many.map(({ kind }) => kind.method)).size).toBe(callMix.length)
})

it('latencies are log-normal around their median', () => {
  const random = new Random(3)
  const logs = Array.from({ length: 20_000 }, () => Math.log(random.logNormal(0.02, 0.6) / 0.02))
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length
  const deviation = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length)
  expect(mean).toBeCloseTo(0, 1)
  expect(deviation).toBeCloseTo(0.6, 1)
})

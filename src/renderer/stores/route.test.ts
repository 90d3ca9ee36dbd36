import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatRoute, parseRoute } from './route'

it.each(['', '#', '#token=abc', '#/Over', 'overview', '#/overview/x'])('%j is the start', (hash) => {
  expect(parseRoute(hash)).toEqual({ view: 'overview', host: null, rest: '' })
})

it('comes back from the address, whatever the host is called', () => {
  const host = fc.option(fc.string({ minLength: 1, unit: 'grapheme' }))
  fc.assert(
    fc.property(fc.constantFrom('overview', 'log-lines'), host, (view, name) => {
      expect(parseRoute(formatRoute({ view, host: name, rest: '' }))).toEqual({ view, host: name, rest: '' })
    }),
  )
})

it('keeps what else a view has in the address', () => {
  const told = { view: 'metrics', host: 'a b', rest: 'm=local/metrics/cpu/cpu0/usage&from=1' }
  expect(formatRoute(told)).toBe('#/metrics?host=a+b&m=local/metrics/cpu/cpu0/usage&from=1')
  expect(parseRoute(formatRoute(told))).toEqual(told)
  expect(parseRoute(formatRoute({ ...told, host: null }))).toEqual({ ...told, host: null })
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatRoute, parseRoute } from './route'

it.each(['', '#', '#token=abc', '#/Over', 'overview', '#/overview/x'])('%j is the start', (hash) => {
  expect(parseRoute(hash)).toEqual({ view: 'overview', host: null })
})

it('comes back from the address, whatever the host is called', () => {
  const host = fc.option(fc.string({ minLength: 1, unit: 'grapheme' }))
  fc.assert(
    fc.property(fc.constantFrom('overview', 'log-lines'), host, (view, name) => {
      expect(parseRoute(formatRoute({ view, host: name }))).toEqual({ view, host: name })
    }),
  )
})

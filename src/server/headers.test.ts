import { expect, test } from 'vitest'
import { contentSecurityPolicy, headerList, headerValues } from './headers'

test('headerValues gives every field of a name, whatever its case, and no value as a name', () => {
  const raw = ['Host', 'a', 'X', 'host', 'HOST', 'b']
  expect(headerValues(raw, 'host')).toEqual(['a', 'b'])
  expect(headerValues(raw, 'a')).toEqual([])
})

test('headerList joins fields and elements', () => {
  expect(headerList(['A', 'x, y', 'a', ' z ,, '], 'a')).toEqual(['x', 'y', 'z'])
})

test('the policy is the one of the security requirements', () => {
  expect(contentSecurityPolicy({ nonce: 'abc' })).toBe(
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'nonce-abc'; " +
      "img-src 'self' data:; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; " +
      "frame-ancestors 'none'",
  )
  expect(contentSecurityPolicy()).toContain("style-src 'self';")
})

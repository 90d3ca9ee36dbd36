import { expect, it } from 'vitest'
import { readMebibytes } from './mebibytes'

it('reads an amount, takes nothing for the usual one, and says what is wrong', () => {
  expect(readMebibytes(' 512 ')).toEqual({ bytes: 512 * 2 ** 20 })
  expect(readMebibytes('')).toEqual({ bytes: null })
  for (const text of ['15', '16385', '1e3', '-64', '64.5', 'much', '٣٤']) {
    expect(readMebibytes(text)).toHaveProperty('mistake')
  }
})

import { describe, expect, it } from 'vitest'
import { parseInt64, parseOcamlFloat } from './numbers'

describe("OCaml's spellings", () => {
  it.each([
    ['0', 0n],
    ['-1', -1n],
    ['+1', 1n],
    ['1_0', 10n],
    ['0x10', 16n],
    ['0b1', 1n],
    ['0o17', 15n],
    ['0u5', 5n],
    ['-0x10', -16n],
    ['0xffffffffffffffff', -1n],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['9223372036854775808', null],
    ['99999999999999999999', null],
    ['0x10000000000000000', null],
    ['1.5', null],
    ['abc', null],
    ['', null],
    ['_1', null],
    ['0x', null],
    ['--1', null],
    [' 1', null],
  ])('int64 %j', (text, value) => expect(parseInt64(text)).toBe(value))

  it.each([
    ['1', 1],
    ['1.', 1],
    ['-1', -1],
    ['1e-1', 0.1],
    ['1_0.5', 10.5],
    ['0x0.1p0', 0.0625],
    ['0x10', 16],
    ['inf', Infinity],
    ['-inf', -Infinity],
    ['nan', NaN],
    ['abc', null],
    ['', null],
    ['.', null],
    ['1e', null],
  ])('float %j', (text, value) => expect(parseOcamlFloat(text)).toBe(value))
})

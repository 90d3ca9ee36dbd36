import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import wabt from 'wabt'
import { describe, expect, it } from 'vitest'
import { ByteSearch, makeNeedle } from './byte-search'
import { byteSearchModule } from './byte-search-module'

const search = new ByteSearch()

/** First place in each line, the obvious way. */
function slowly(text: Uint8Array, literal: Uint8Array, ignoreCase: boolean): number[] {
  const fold = (bytes: Uint8Array): Buffer =>
    Buffer.from(bytes.map((byte) => (ignoreCase && byte >= 65 && byte <= 90 ? byte + 32 : byte)))
  const [hay, needle] = [fold(text), fold(literal)]
  const found: number[] = []
  for (let at = hay.indexOf(needle); at >= 0;) {
    found.push(at)
    const feed = hay.indexOf(10, at + needle.length)
    if (feed < 0) break
    at = hay.indexOf(needle, feed + 1)
  }
  return found
}

const alphabet = [...Buffer.from('abAB@`[{z{Z \n')]
const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> =>
  fc.array(fc.constantFrom(...alphabet), { maxLength, size: 'max' }).map((list) => Uint8Array.from(list))
const literal = fc
  .array(fc.constantFrom(...alphabet.filter((byte) => byte !== 10)), { minLength: 1, maxLength: 6 })
  .map((list) => Uint8Array.from(list))

describe('the search for literals', () => {
  it('finds the first place in each line that the obvious way finds', () => {
    fc.assert(
      fc.property(bytes(400), literal, fc.boolean(), (text, needle, ignoreCase) => {
        search.load(text)
        expect([...search.find(makeNeedle(needle, ignoreCase))]).toEqual(slowly(text, needle, ignoreCase))
      }),
      { numRuns: 2_000 },
    )
  })

  it('finds what lies at the very end, and nothing behind it', () => {
    for (let length = 1; length < 200; length++) {
      const text = Buffer.from(`${'-'.repeat(length)}xy`)
      search.load(Buffer.concat([text, Buffer.from('xy')]))
      search.load(text)
      expect([...search.find(makeNeedle(Buffer.from('xy'), false))]).toEqual([length])
      expect([...search.find(makeNeedle(Buffer.from('yx'), false))]).toEqual([])
    }
  })

  it('grows with the text', () => {
    const text = Buffer.from(`${'some line\n'.repeat(300_000)}last one\n`)
    search.load(text)
    expect(search.find(makeNeedle(Buffer.from('SOME LINE'), true)).length).toBe(300_000)
    expect([...search.find(makeNeedle(Buffer.from('last'), false))]).toEqual([3_000_000])
  })

  it('refuses literals that it cannot look for', () => {
    expect(() => makeNeedle(new Uint8Array(0), true)).toThrow(RangeError)
    expect(() => makeNeedle(new Uint8Array(5_000), true)).toThrow(RangeError)
  })

  it('runs what byte-search.wat says', async () => {
    const source = readFileSync(new URL('byte-search.wat', import.meta.url), 'utf8')
    const compiler = await wabt()
    const module = compiler.parseWat('byte-search.wat', source, { simd: true })
    expect(Buffer.from(module.toBinary({}).buffer).toString('base64')).toBe(byteSearchModule)
  })
})

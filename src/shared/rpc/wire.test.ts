import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeMessage, encodeMessage } from './wire'

const float32 = fc.float32Array({ noNaN: false })
const leaf = fc.oneof(
  fc.jsonValue(),
  fc.float64Array(),
  float32,
  fc.uint8Array(),
  fc.int32Array(),
  fc.uint16Array(),
)
const message = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('node'), { maxKeys: 4 }),
  ),
})).node

/** JSON knows no -0; the codec promises JSON's numbers outside of typed arrays. */
const asJson = (value: unknown): unknown => {
  if (Object.is(value, -0)) return 0
  if (ArrayBuffer.isView(value) || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(asJson)
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, asJson(child)]))
}

describe('wire codec', () => {
  it('gives back what it was given, typed arrays included', () => {
    fc.assert(
      fc.property(message, (value) => {
        expect(decodeMessage(encodeMessage(value))).toEqual(asJson(value))
      }),
    )
  })

  it('sends text where there are no typed arrays and bytes where there are', () => {
    expect(encodeMessage({ a: [1, null] })).toBe('{"a":[1,null]}')
    expect(encodeMessage({ a: new Float32Array(1) })).toBeInstanceOf(Uint8Array)
  })

  it('reads a frame that lies at an odd offset of its buffer', () => {
    const frame = encodeMessage({ times: new Float64Array([1, NaN, 3]) })
    if (typeof frame === 'string') throw new Error('expected bytes')
    const shifted = new Uint8Array(frame.length + 3)
    shifted.set(frame, 3)
    expect(decodeMessage(shifted.subarray(3))).toEqual({ times: new Float64Array([1, NaN, 3]) })
    // Node's Buffer is a Uint8Array whose slice shares memory.
    expect(decodeMessage(Buffer.from(shifted).subarray(3))).toEqual({ times: new Float64Array([1, NaN, 3]) })
  })

  it('leaves the sender its own objects unchanged', () => {
    const array = new Float64Array([1])
    const value = { inner: { array } }
    encodeMessage(value)
    expect(value.inner.array).toBe(array)
  })

  it('keeps __proto__ a plain key and refuses paths that leave own properties', () => {
    const hostile: unknown = JSON.parse('{"__proto__":{"polluted":true}}')
    expect(JSON.stringify(decodeMessage(encodeMessage(hostile)))).toBe('{"__proto__":{"polluted":true}}')
    const entry = { path: ['__proto__', 'polluted'], kind: 'Uint8Array', offset: 0, length: 1 }
    expect(() => decodeMessage(frameOf({ message: {}, arrays: [entry] }, 8))).toThrow(/malformed/)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  it('refuses what is nested deeper than 256', () => {
    let deep: unknown = 0
    for (let level = 0; level < 300; level++) deep = [deep]
    expect(() => encodeMessage(deep)).toThrow(/nested deeper/)
  })

  it('answers any bytes with a message or with bad-data', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeMessage(bytes)
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-data' })
        }
      }),
    )
  })

  it.each([
    ['array beyond the end', { path: ['a'], kind: 'Float64Array', offset: 0, length: 99 }],
    ['unknown kind', { path: ['a'], kind: 'constructor', offset: 0, length: 1 }],
    ['odd offset', { path: ['a'], kind: 'Uint8Array', offset: 3, length: 1 }],
    ['taken place', { path: ['b'], kind: 'Uint8Array', offset: 0, length: 1 }],
  ])('refuses %s', (_, entry) => {
    expect(() => decodeMessage(frameOf({ message: { a: null, b: 1 }, arrays: [entry] }, 8))).toThrow(
      /malformed/,
    )
  })
})

function frameOf(header: unknown, tail: number): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header))
  const frame = new Uint8Array(4 + json.length + tail)
  new DataView(frame.buffer).setUint32(0, json.length, true)
  frame.set(json, 4)
  return frame
}

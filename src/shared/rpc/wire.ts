import { DiagnosticError } from '../errors'

/**
 * Messages as frames for carriers that move text and bytes (WebSocket).
 *
 * A message without typed arrays is JSON text. One with typed arrays is binary:
 * `[u32 header length][header: JSON, padded with spaces][arrays, each at a multiple of 8]`, little endian,
 * where the header is `{ message, arrays: [{ path, kind, offset, length }] }` and each array was replaced
 * by null in the message. Arrays are found by their path, so no payload can be mistaken for one.
 */
export type Frame = string | Uint8Array<ArrayBuffer>

const kinds = { Float64Array, Float32Array, Uint32Array, Int32Array, Uint16Array, Uint8Array } as const
type Kind = keyof typeof kinds
type NumberArray = InstanceType<(typeof kinds)[Kind]>
interface Located {
  path: (string | number)[]
  kind: Kind
  offset: number
  length: number
}

const maxDepth = 256

/** Frame of a message of plain data and typed arrays. Throws `bad-data` when it is nested deeper than 256. */
export function encodeMessage(message: unknown): Frame {
  const arrays: { path: (string | number)[]; array: NumberArray }[] = []
  const stripped = strip(message, [], arrays)
  if (arrays.length === 0) return JSON.stringify(stripped)

  let offset = 0
  const located = arrays.map(({ path, array }): Located => {
    const entry = { path, kind: kindOf(array), offset, length: array.length }
    offset += align(array.byteLength)
    return entry
  })
  const header = new TextEncoder().encode(JSON.stringify({ message: stripped, arrays: located }))
  const start = align(4 + header.length)
  const frame = new Uint8Array(start + offset)
  frame.fill(32, 4 + header.length, start)
  new DataView(frame.buffer).setUint32(0, start - 4, true)
  frame.set(header, 4)
  arrays.forEach(({ array }, index) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    frame.set(bytes, start + (located[index]?.offset ?? 0))
  })
  return frame
}

/** The message of a frame. Throws `bad-data` for anything that {@link encodeMessage} cannot have written. */
export function decodeMessage(frame: string | Uint8Array): unknown {
  try {
    return typeof frame === 'string' ? JSON.parse(frame) : decodeBinary(frame)
  } catch (thrown) {
    if (thrown instanceof DiagnosticError) throw thrown
    // Without its cause: JSON.parse repeats a part of the text, which may hold a secret.
    throw new DiagnosticError('bad-data', 'A frame of the connection cannot be read.')
  }
}

function decodeBinary(frame: Uint8Array): unknown {
  if (frame.length < 4) throw malformed('shorter than its header')
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const start = 4 + view.getUint32(0, true)
  if (start > frame.length) throw malformed('header longer than the frame')
  const header: unknown = JSON.parse(new TextDecoder().decode(frame.subarray(4, start)))
  if (!isRecord(header) || !Array.isArray(header['arrays'])) throw malformed('no list of arrays')
  const root: Record<string, unknown> = { message: header['message'] }
  for (const entry of header['arrays'] as unknown[]) {
    if (!isLocated(entry)) throw malformed('bad place of an array')
    place(root, ['message', ...entry.path], readArray(frame, start, entry))
  }
  return root['message']
}

function readArray(frame: Uint8Array, start: number, { kind, offset, length }: Located): NumberArray {
  const type = kinds[kind]
  const from = start + offset
  const size = length * type.BYTES_PER_ELEMENT
  if (from + size > frame.length) throw malformed('array beyond the end')
  // A copy (and no `slice`, which on Node's Buffer is none): it is aligned whatever the frame's own offset, and does not keep the frame alive.
  const bytes = new Uint8Array(size)
  bytes.set(frame.subarray(from, from + size))
  return new type(bytes.buffer, 0, length)
}

/** Puts a value where the placeholder stands; only through own properties, so that no path reaches a prototype. */
function place(root: Record<string, unknown>, path: (string | number)[], value: unknown): void {
  let holder: unknown = root
  for (let depth = 0; depth < path.length; depth++) {
    const key = path[depth]
    if (key === undefined || !isRecord(holder) || !Object.hasOwn(holder, key))
      throw malformed('path of an array')
    if (depth === path.length - 1) {
      if (holder[key] !== null) throw malformed('place of an array is taken')
      Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true })
    } else holder = holder[key]
  }
}

/** The value itself where it holds no typed array, else a copy of the containers on the way to them. */
function strip(
  value: unknown,
  path: (string | number)[],
  found: { path: (string | number)[]; array: NumberArray }[],
): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (isNumberArray(value)) {
    found.push({ path: [...path], array: value })
    return null
  }
  if (path.length >= maxDepth) {
    throw new DiagnosticError('bad-data', `A message is nested deeper than ${maxDepth}.`, {
      where: path.slice(0, 8).join('.'),
    })
  }
  const list = Array.isArray(value)
  let copy: Record<string | number, unknown> | unknown[] | null = null
  for (const key of list ? value.keys() : Object.keys(value)) {
    const child: unknown = Reflect.get(value, key)
    path.push(key)
    const kept = strip(child, path, found)
    path.pop()
    if (kept === child) continue
    copy ??= list ? [...(value as unknown[])] : { ...value }
    Reflect.set(copy, key, kept)
  }
  return copy ?? value
}

const align = (length: number): number => (length + 7) & ~7
const malformed = (detail: string): DiagnosticError =>
  new DiagnosticError('bad-data', `A binary frame is malformed: ${detail}.`)
const isRecord = (value: unknown): value is Record<string | number, unknown> =>
  typeof value === 'object' && value !== null
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const isKind = (value: unknown): value is Kind => typeof value === 'string' && Object.hasOwn(kinds, value)

function isNumberArray(value: object): value is NumberArray {
  return ArrayBuffer.isView(value) && isKind(value.constructor.name)
}

function kindOf(array: NumberArray): Kind {
  const name: string = array.constructor.name
  if (isKind(name)) return name
  throw malformed(`unknown array ${name}`)
}

function isLocated(value: unknown): value is Located {
  return (
    isRecord(value) &&
    Array.isArray(value['path']) &&
    value['path'].every((key) => typeof key === 'string' || isCount(key)) &&
    isKind(value['kind']) &&
    isCount(value['offset']) &&
    value['offset'] % 8 === 0 &&
    isCount(value['length'])
  )
}

import type { ReadableFile } from '../../transports/transport'
import type { FilePlace } from '../source'

/** Bytes beside a place by which it is known again: a few lines, because many end in the same words. */
export const landmarkLength = 256

const nothing = new Uint8Array(0)

export const startOfFile = (identity: string | null): FilePlace => ({
  position: 0,
  from: 0,
  bytes: nothing,
  identity,
})

/** The place behind a chunk that was read at another place. */
export function placeAfter(place: FilePlace, chunk: Uint8Array): FilePlace {
  const position = place.position + chunk.length
  const last = chunk.subarray(Math.max(0, chunk.length - landmarkLength))
  const kept = place.bytes.subarray(Math.max(0, place.bytes.length - (landmarkLength - last.length)))
  const bytes = new Uint8Array(kept.length + last.length)
  bytes.set(kept)
  bytes.set(last, kept.length)
  return { position, from: position - bytes.length, bytes, identity: place.identity }
}

/** The place in front of a chunk. */
export const placeBefore = (chunk: Uint8Array, position: number, identity: string | null): FilePlace => ({
  position,
  from: position,
  bytes: chunk.slice(0, landmarkLength),
  identity,
})

export const startsWith = (bytes: Uint8Array, start: Uint8Array): boolean =>
  bytes.length >= start.length && Buffer.compare(bytes.subarray(0, start.length), start) === 0

/** Whether a file has beside a place what stood there. */
export async function holds(file: ReadableFile, place: FilePlace, signal: AbortSignal): Promise<boolean> {
  if (place.bytes.length === 0) return true
  return startsWith(await file.readAt(place.from, place.bytes.length, { signal }), place.bytes)
}

/** A place in an open file. */
export async function placeIn(
  file: ReadableFile,
  position: number,
  identity: string | null,
  signal: AbortSignal,
): Promise<FilePlace> {
  const from = Math.max(0, position - landmarkLength)
  const bytes = position === 0 ? nothing : await file.readAt(from, position - from, { signal })
  return { position, from, bytes, identity }
}

import { bytesOf, startsWith } from './bytes'

/** The keys that usual programs use for one field, the most telling first. */
export type KeyNames = Readonly<Record<string, readonly string[]>>

interface Entry {
  readonly key: Uint8Array
  readonly code: number
}

const longestKey = 63
/** More names for one field than any table has. */
const ranks = 32

/** Tells of a key's bytes which field it is, without making a string. */
export class KeyTable {
  readonly #buckets: (Entry[] | undefined)[] = new Array<Entry[] | undefined>((longestKey + 1) << 8).fill(
    undefined,
  )

  /** Fields in an order of the caller's; a key may stand for one field only. */
  constructor(fields: readonly (readonly string[])[]) {
    fields.forEach((names, field) => {
      names.forEach((name, rank) => {
        const key = bytesOf(name)
        const index = (key.length << 8) | (key[0] ?? 0)
        const bucket = (this.#buckets[index] ??= [])
        bucket.push({ key, code: field * ranks + rank })
      })
    })
  }

  /** field x 32 + rank (0 the most telling name); -1 for a key that is none of them. */
  code(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start
    if (length <= 0 || length > longestKey) return -1
    const bucket = this.#buckets[(length << 8) | (bytes[start] ?? 0)]
    if (bucket === undefined) return -1
    for (const entry of bucket) {
      if (startsWith(bytes, start, end, entry.key)) return entry.code
    }
    return -1
  }
}

export const fieldOfCode = (code: number): number => code >> 5
/** 31 for -1: behind every name. */
export const rankOfCode = (code: number): number => code & (ranks - 1)

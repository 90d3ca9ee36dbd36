import type { ReadableFile } from '../../transports/transport'

const firstBlock = 64 * 1024
const largestBlock = 1024 * 1024
/** Lines so long that these bytes do not hold them are given in pieces. */
export const mostReadBack = 4 * 1024 * 1024
const lineFeed = 10

export interface LinesBefore {
  /** Where the first of them begins. */
  readonly start: number
  /** From there to the end that was given. */
  readonly bytes: Uint8Array
}

/**
 * The last `lines` lines that end at or before `end`, fewer where the file begins, read backwards. A line that has not
 * ended there is given besides.
 */
export async function linesBefore(
  file: ReadableFile,
  end: number,
  lines: number,
  signal: AbortSignal,
): Promise<LinesBefore> {
  const parts: Buffer[] = []
  let start = end
  let wanted = lines
  for (
    let block = firstBlock;
    start > 0 && end - start < mostReadBack;
    block = Math.min(block * 2, largestBlock)
  ) {
    const length = Math.min(block, start)
    const read = await file.readAt(start - length, length, { signal })
    // Truncated meanwhile: what was read behind it is of another time.
    if (read.length < length) return { start: end, bytes: new Uint8Array(0) }
    const part = Buffer.from(read.buffer, read.byteOffset, read.byteLength)
    start -= length
    // The line feed at the very end belongs to the last line.
    for (let at = length - (parts.length === 0 ? 2 : 1); at >= 0; at--) {
      at = part.lastIndexOf(lineFeed, at)
      if (at < 0) break
      wanted--
      if (wanted > 0) continue
      parts.unshift(part.subarray(at + 1))
      return { start: start + at + 1, bytes: Buffer.concat(parts) }
    }
    parts.unshift(part)
  }
  const bytes = Buffer.concat(parts)
  const skipped = start === 0 ? 0 : bytes.indexOf(lineFeed) + 1
  return skipped < bytes.length
    ? { start: start + skipped, bytes: bytes.subarray(skipped) }
    : { start, bytes }
}

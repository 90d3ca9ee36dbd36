export interface AuxiliaryVector {
  /** Bytes. */
  readonly pageSize: number
  /** USER_HZ: ticks a second of the times in /proc. */
  readonly ticksPerSecond: number
}

const atPageSize = 6n
const atClockTicks = 17n

/**
 * Page size and USER_HZ as the kernel tells every process (/proc/self/auxv: pairs of machine words,
 * man 3 getauxval). The file does not say its word size and byte order: the one that makes sense is taken.
 */
export function parseAuxiliaryVector(bytes: Uint8Array): AuxiliaryVector | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const wordSize of [8, 4]) {
    for (const littleEndian of [true, false]) {
      const found = read(view, wordSize, littleEndian)
      if (found !== null) return found
    }
  }
  return null
}

function read(view: DataView, wordSize: number, littleEndian: boolean): AuxiliaryVector | null {
  const word = (at: number): bigint =>
    wordSize === 8 ? view.getBigUint64(at, littleEndian) : BigInt(view.getUint32(at, littleEndian))
  let pageSize = 0
  let ticksPerSecond = 0
  for (let at = 0; at + 2 * wordSize <= view.byteLength; at += 2 * wordSize) {
    const type = word(at)
    if (type === atPageSize) pageSize = Number(word(at + wordSize))
    else if (type === atClockTicks) ticksPerSecond = Number(word(at + wordSize))
  }
  return isPageSize(pageSize) && isTickRate(ticksPerSecond) ? { pageSize, ticksPerSecond } : null
}

/** From 4 KiB to 256 KiB in powers of two. */
export const isPageSize = (bytes: number): boolean =>
  bytes >= 4_096 && bytes <= 262_144 && Number.isInteger(Math.log2(bytes))

export const isTickRate = (ticks: number): boolean =>
  Number.isInteger(ticks) && ticks >= 10 && ticks <= 10_000

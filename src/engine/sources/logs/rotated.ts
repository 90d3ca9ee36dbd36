import { posix } from 'node:path'
import type { ReadableFile, Transport } from '../../transports/transport'
import type { FilePlace } from '../source'
import { holds } from './places'

/** Files that a log was renamed or copied to, looked at for one place at most. */
const mostLookedAt = 8

const compressed = /\.(?:gz|bz2|xz|zst|lz4|Z)$/

export const isCompressed = (name: string): boolean => compressed.test(name)

/**
 * Names that logrotate and others gave to what a file held before, the newest first: `x.1`, `x.2.gz`, or with dates
 * `x-20261122`, or `x.old`.
 */
export function rotatedNames(names: readonly string[], base: string): string[] {
  const numbered: [number, string][] = []
  const dated: string[] = []
  const old: string[] = []
  for (const name of names) {
    if (!name.startsWith(base)) continue
    const rest = name.slice(base.length).replace(compressed, '')
    if (/^\.\d{1,4}$/.test(rest)) numbered.push([Number(rest.slice(1)), name])
    else if (/^[-.]\d{8}[-\d]*$/.test(rest)) dated.push(name)
    else if (/^\.old$/.test(rest)) old.push(name)
  }
  numbered.sort(([a], [b]) => a - b)
  dated.sort().reverse()
  return [...numbered.map(([, name]) => name), ...dated, ...old]
}

/** Paths of what a log held before, the newest first. */
export async function rotatedPaths(
  transport: Transport,
  path: string,
  signal: AbortSignal,
): Promise<string[]> {
  const folder = posix.dirname(path)
  const names = await transport.readDirectory(folder, { signal })
  return rotatedNames(names, posix.basename(path)).map((name) => posix.join(folder, name))
}

export interface RotatedPlace {
  /** Open, and to be closed. */
  readonly file: ReadableFile
  readonly identity: string | null
  /** Paths of what came after it, the oldest first; the log itself is not among them. */
  readonly later: readonly string[]
}

/** Looks for a place of a log in the files that it was rotated to; null where none has it. */
export async function findRotated(
  transport: Transport,
  path: string,
  place: FilePlace,
  signal: AbortSignal,
): Promise<RotatedPlace | null> {
  if (place.bytes.length === 0) return null
  const paths = (await rotatedPaths(transport, path, signal)).filter((one) => !isCompressed(one))
  for (const [index, candidate] of paths.slice(0, mostLookedAt).entries()) {
    const file = await openIfThere(transport, candidate, signal)
    if (file === null) continue
    if (await holds(file, place, signal)) {
      const { identity } = await file.status({ signal })
      return { file, identity, later: paths.slice(0, index).reverse() }
    }
    await file.close()
  }
  return null
}

/** Null where it is gone or may not be read: files come and go while they are rotated. */
export async function openIfThere(
  transport: Transport,
  path: string,
  signal: AbortSignal,
): Promise<ReadableFile | null> {
  try {
    return await transport.openForReading(path, { signal })
  } catch (thrown) {
    if (isRefusal(thrown)) return null
    throw thrown
  }
}

const refusals: readonly unknown[] = ['not-found', 'permission-denied', 'not-supported', 'command-failed']

/** The file's fault, not the connection's. */
export const isRefusal = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && refusals.includes(thrown.code)

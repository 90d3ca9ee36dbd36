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
  /** Path of what came after it; the log itself where that is the newest. */
  readonly successor: string
}

/** Looks for a place of a log in the files that it was rotated to: the file itself, or a copy; null where none has it. */
export async function findRotated(
  transport: Transport,
  path: string,
  place: FilePlace,
  signal: AbortSignal,
): Promise<RotatedPlace | null> {
  // Files that are read by their names may get others in the middle of the search.
  for (let search = 0; search < mostSearches; search++) {
    const found = await searchRotated(transport, path, place, signal)
    if (found !== null) return found
  }
  return null
}

const mostSearches = 3

async function searchRotated(
  transport: Transport,
  path: string,
  place: FilePlace,
  signal: AbortSignal,
): Promise<RotatedPlace | null> {
  const { bytes, identity } = place
  if (bytes.length === 0 && identity === null) return null
  const paths = (await rotatedPaths(transport, path, signal)).filter((one) => !isCompressed(one))
  let copy: RotatedPlace | null = null
  for (const [index, candidate] of paths.slice(0, mostLookedAt).entries()) {
    const file = await openIfThere(transport, candidate, signal)
    if (file === null) continue
    const found = {
      file,
      identity: (await file.status({ signal })).identity,
      successor: paths[index - 1] ?? path,
    }
    const isSame = identity !== null && found.identity === identity
    if ((isSame || bytes.length > 0) && (await holds(file, place, signal))) {
      // The file itself, or where the host tells no files apart.
      if (isSame || identity === null) {
        await copy?.file.close()
        return found
      }
      if (copy === null) {
        copy = found
        continue
      }
    }
    await file.close()
  }
  return copy
}

/**
 * Whether the newest rotated file is as it was written. Where it does not have a place of ours, other files came between;
 * one that was compressed or deleted at once may have been ours.
 */
export async function hasPlainRotated(
  transport: Transport,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  const [newest] = await rotatedPaths(transport, path, signal)
  return newest !== undefined && !isCompressed(newest)
}

/** So often names may change while they are looked at. */
const mostChanges = 10

/**
 * The file that came after the one with a place: opened while the names stood still. Null where no rotated file has
 * the place any more; `next` is null where the name is not given to another file yet.
 */
export async function findSuccessor(
  transport: Transport,
  path: string,
  place: FilePlace,
  signal: AbortSignal,
): Promise<{ readonly next: ReadableFile | null; readonly identity: string | null } | null> {
  for (let changes = 0; changes < mostChanges; changes++) {
    const before = await findRotated(transport, path, place, signal)
    if (before === null) return null
    await before.file.close()
    const next = await openIfThere(transport, before.successor, signal)
    const identity = next === null ? null : (await next.status({ signal })).identity
    const after = await findRotated(transport, path, place, signal)
    await after?.file.close()
    if (after?.file.path === before.file.path) return { next, identity }
    await next?.close()
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

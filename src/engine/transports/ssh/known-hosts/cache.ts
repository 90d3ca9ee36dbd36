import type { BigIntStats } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { KnownHosts } from './entry'

/** Lists of one person; each may be large, so that few are kept. */
const mostLists = 8
/** A file that was changed so recently may change once more and look the same, as clocks of file systems are coarse. */
const settled = 2_000

interface Kept {
  readonly state: string
  readonly list: Promise<KnownHosts>
}

const lists = new Map<string, Kept>()

/**
 * What `read` made of the file the last time, where the file is still the same one with the same content: a long list
 * takes a while to parse, and each connection needs it twice. Rejections are not kept.
 */
export async function unchangedOr(file: string, read: () => Promise<KnownHosts>): Promise<KnownHosts> {
  // Before it is read: what changes meanwhile is noticed the next time.
  const status = await stat(file, { bigint: true }).catch(() => null)
  if (status === null || Date.now() - Number(status.ctimeMs) < settled) {
    lists.delete(file)
    return read()
  }
  const state = stateOf(status)
  const before = lists.get(file)
  lists.delete(file)
  const kept = before?.state === state ? before : { state, list: read() }
  // The one used last is the last to go.
  lists.set(file, kept)
  for (const name of [...lists.keys()].slice(0, -mostLists)) lists.delete(name)
  try {
    return await kept.list
  } catch (thrown) {
    if (lists.get(file) === kept) lists.delete(file)
    throw thrown
  }
}

/** The ctime changes with each write and cannot be set, unlike the mtime; it tells of permissions, too. */
const stateOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(' ')

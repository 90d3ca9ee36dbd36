const last = new Map<string, Promise<unknown>>()

/** Runs the works of one key one after the other, in the order of the calls; a failed one holds up nobody. */
export async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const turn = (last.get(key) ?? Promise.resolve()).then(work)
  const settled = turn.catch(() => undefined)
  last.set(key, settled)
  try {
    return await turn
  } finally {
    if (last.get(key) === settled) last.delete(key)
  }
}

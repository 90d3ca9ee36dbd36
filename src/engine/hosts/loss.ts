/**
 * Waits for work on a host, or for the loss of its connection, whichever is first. `lost` is the better reason: what
 * fails because of it may only say that nothing could be read.
 */
export async function unlessLost<T>(work: Promise<T>, lost: Promise<never> | undefined): Promise<T> {
  if (!lost) return work
  try {
    return await Promise.race([work, lost])
  } catch (error) {
    // The loss may be told a moment later than what it broke.
    await Promise.race([lost, new Promise((resolve) => setImmediate(resolve))])
    throw error
  }
}

/** Milliseconds before attempt n (from 0): 1 s, 2 s, 4 s ... 30 s, less up to a quarter at random. */
export function reconnectDelay(attempt: number, random: () => number): number {
  const full = Math.min(30_000, 1_000 * 2 ** Math.min(attempt, 10))
  return full * (1 - random() / 4)
}

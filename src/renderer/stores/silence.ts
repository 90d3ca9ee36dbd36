/** More samples than these missing in a row is silence, not jitter. */
const missedIntervals = 3
const leastSilence = 3_000

/** Whether samples that come every `interval` have stopped, the newest being of `age` ago; milliseconds. */
export const isSilence = (age: number, interval: number): boolean =>
  age > Math.max(leastSilence, missedIntervals * interval)

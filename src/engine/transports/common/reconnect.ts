/** How long to wait before each attempt to come back to a host, milliseconds. */
export interface ReconnectPolicy {
  readonly first: number
  readonly factor: number
  /** No wait is longer, until `patient`. */
  readonly cap: number
  /** After so many attempts the host is probably away for long: the waits may grow to `lastCap`. */
  readonly patient: number
  readonly lastCap: number
}

/** Short waits for the first minute: a host whose network heals is back within two seconds. */
export const defaultReconnectPolicy: ReconnectPolicy = {
  first: 250,
  factor: 2,
  cap: 1_500,
  patient: 40,
  lastCap: 15_000,
}

/**
 * The waits, endless. Each is taken at random between half and all of what is due, so that many sessions
 * that lost the same host do not come back in step. `random` gives [0, 1).
 */
export function* reconnectDelays(
  random: () => number,
  policy: ReconnectPolicy = defaultReconnectPolicy,
): Generator<number, never> {
  let due = policy.first
  for (let attempt = 0; ; attempt += 1) {
    const cap = attempt < policy.patient ? policy.cap : policy.lastCap
    const wait = Math.min(due, cap)
    yield wait / 2 + (random() * wait) / 2
    due = Math.min(wait * policy.factor, policy.lastCap)
  }
}

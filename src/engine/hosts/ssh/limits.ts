import type { Keepalive, SshTimeouts } from '../../transports/ssh'
import type { ResolvedSshConfig } from '../../transports/ssh/config/model'

/** Seconds: what a configuration says beyond these would keep a person waiting, or lose hosts that are only slow. */
const connectBounds = [1, 120] as const
const intervalBounds = [1, 30] as const
const countBounds = [1, 6] as const

/** ConnectTimeout, which counts for the connection and for the handshake each; 0 leaves the usual ones. */
export function timeoutsOf({ connectTimeout }: ResolvedSshConfig): Partial<SshTimeouts> {
  const seconds = connectTimeout.value
  if (seconds === null || seconds === 0) return {}
  const milliseconds = within(seconds, connectBounds) * 1000
  return { connect: milliseconds, handshake: milliseconds }
}

/** ServerAliveInterval and ServerAliveCountMax. A dead host is noticed in any case: 0, for never, counts as not said. */
export function keepaliveOf({
  serverAliveInterval,
  serverAliveCountMax,
}: ResolvedSshConfig): Partial<Keepalive> {
  const [interval, count] = [serverAliveInterval.value, serverAliveCountMax.value]
  return {
    ...(interval !== null && interval > 0 && { interval: within(interval, intervalBounds) * 1000 }),
    ...(count !== null && count > 0 && { count: within(count, countBounds) }),
  }
}

const within = (value: number, [least, most]: readonly [number, number]): number =>
  Math.min(Math.max(value, least), most)

import type { TimeContext } from '../../formats/logs'
import type { Clock } from '../../clock'
import type { Transport } from '../../transports/transport'

/** Zone and start of the host in one command: POSIX but for the link, which not every system has. */
const script = 'date +%z; readlink -f /etc/localtime 2>/dev/null; grep "^btime " /proc/stat 2>/dev/null; true'

const unknown = { hostUtcOffsetMinutes: null }

/** What lines without zone or year are read by; unknown parts stay unknown. */
export async function readHostTime(
  transport: Transport,
  clock: Clock,
  signal: AbortSignal,
): Promise<TimeContext> {
  const now = (): number => clock.now()
  try {
    const { exit, stdout } = await transport.exec(['sh', '-c', script], { signal, maxBytes: 4_096 })
    return exit.code === 0
      ? { now, ...hostTime(Buffer.from(stdout).toString('latin1')) }
      : { now, ...unknown }
  } catch {
    // Without commands the times are taken as UTC and said to be assumed.
    return { now, ...unknown }
  }
}

export function hostTime(said: string): Omit<TimeContext, 'now'> {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/m.exec(said) ?? []
  const zone = /zoneinfo\/(?:posix\/|right\/)?(\S+)$/m.exec(said)?.[1]
  const boot = /^btime (\d+)$/m.exec(said)?.[1]
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  return {
    hostUtcOffsetMinutes: Number.isNaN(offset) ? null : offset,
    ...(zone === undefined ? {} : { hostTimeZone: zone }),
    ...(boot === undefined ? {} : { bootTime: Number(boot) * 1_000 }),
  }
}

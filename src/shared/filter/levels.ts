/** Syslog's names, most severe first: the index is the severity of RFC 5424. */
export const levelNames: readonly string[] = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notice',
  'info',
  'debug',
]

const aliases: Readonly<Record<string, number>> = {
  emerg: 0,
  panic: 0,
  fatal: 0,
  crit: 2,
  err: 3,
  severe: 3,
  warn: 4,
  note: 5,
  information: 6,
  informational: 6,
  dbg: 7,
  trace: 7,
  verbose: 7,
}

const severities = new Map([
  ...levelNames.map((name, index) => [name, index] as const),
  ...Object.entries(aliases),
])

/** Higher is more severe: 0 debug to 7 emergency; undefined for a name that is no level. */
export function levelRank(level: string | number): number | undefined {
  if (typeof level === 'number')
    return Number.isInteger(level) && level >= 0 && level <= 7 ? 7 - level : undefined
  const severity = severities.get(level) ?? severities.get(level.trim().toLowerCase())
  return severity === undefined ? undefined : 7 - severity
}

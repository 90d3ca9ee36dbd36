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

/** Other words for them. `audit` and `app` are xapi's, both sent to syslog as info. */
const aliases: readonly (readonly string[])[] = [
  ['emerg', 'panic'],
  [],
  ['crit', 'fatal', 'dpanic', 'f', 'c'],
  ['err', 'severe', 'failure', 'e'],
  ['warn', 'w'],
  ['note', 'n'],
  ['information', 'informational', 'audit', 'app', 'i'],
  ['dbg', 'trace', 'verbose', 'fine', 'finer', 'finest', 'd', 't', 'v'],
]

const severities = new Map(
  levelNames.flatMap((name, severity) =>
    [name, ...(aliases[severity] ?? [])].map((word) => [word, severity] as const),
  ),
)

/** Higher is more severe: 0 debug to 7 emergency; undefined for a name that is no level. */
export function levelRank(level: string | number): number | undefined {
  if (typeof level === 'number')
    return Number.isInteger(level) && level >= 0 && level <= 7 ? 7 - level : undefined
  const severity = severities.get(level) ?? severities.get(level.trim().toLowerCase())
  return severity === undefined ? undefined : 7 - severity
}

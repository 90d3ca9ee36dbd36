/** How a severity shows: a word of three letters in a colour, so that neither is needed alone. */
export interface Severity {
  readonly short: string
  readonly name: string
  /** Class of the row; see logs.css. */
  readonly tone: 'critical' | 'error' | 'warning' | 'notice' | 'info' | 'debug' | 'unknown'
}

const known: readonly Severity[] = [
  { short: 'EMG', name: 'emergency', tone: 'critical' },
  { short: 'ALT', name: 'alert', tone: 'critical' },
  { short: 'CRT', name: 'critical', tone: 'critical' },
  { short: 'ERR', name: 'error', tone: 'error' },
  { short: 'WRN', name: 'warning', tone: 'warning' },
  { short: 'NTC', name: 'notice', tone: 'notice' },
  { short: 'INF', name: 'info', tone: 'info' },
  { short: 'DBG', name: 'debug', tone: 'debug' },
]
const unknown: Severity = { short: '', name: 'unknown', tone: 'unknown' }

/** Of a syslog severity; null where it is unknown. */
export const severityOf = (level: number | null): Severity =>
  level === null ? unknown : (known[level] ?? unknown)

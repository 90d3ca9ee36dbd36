import { bytesOf, decimal, isDigit } from './bytes'

/** Severity of a line that says none. */
export const unknownSeverity = 255

/** Names of the severities 0 to 7 (RFC 5424, 6.2.1), as xapi and most others print them. */
export const severityNames = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notice',
  'info',
  'debug',
] as const

/** Words for each severity, in lower case. `audit` and `app` are xapi's, both sent to syslog as info. */
const aliases: readonly (readonly string[])[] = [
  ['emergency', 'emerg', 'panic'],
  ['alert'],
  ['critical', 'crit', 'fatal', 'dpanic', 'f', 'c'],
  ['error', 'err', 'severe', 'failure', 'e'],
  ['warning', 'warn', 'w'],
  ['notice', 'n'],
  ['info', 'information', 'informational', 'audit', 'app', 'i'],
  ['debug', 'trace', 'verbose', 'fine', 'finer', 'finest', 'd', 't', 'v'],
]

interface Alias {
  readonly word: Uint8Array
  readonly severity: number
}

const longest = 15
/** By length and first letter. */
const buckets: Alias[][] = Array.from({ length: (longest + 1) * 32 }, () => [])
aliases.forEach((words, severity) => {
  for (const word of words) {
    buckets[word.length * 32 + (word.charCodeAt(0) & 31)]?.push({ word: bytesOf(word), severity })
  }
})

/** Severity named by a word in any case; 255 for any other text. Allocates nothing. */
export function severityOfWord(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  if (length <= 0 || length > longest) return unknownSeverity
  const bucket = buckets[length * 32 + ((bytes[start] ?? 0) & 31)]
  if (bucket === undefined) return unknownSeverity
  for (const alias of bucket) {
    const word = alias.word
    let index = 0
    while (index < length && ((bytes[start + index] ?? 0) | 32) === word[index]) index++
    if (index === length) return alias.severity
  }
  return unknownSeverity
}

/** What a number in a level field counts on. */
export type SeverityScale = 'usual' | 'python' | 'otel'

/**
 * Severity of a number: 0 to 7 are syslog's; from 10 on bunyan's and pino's (10 trace, 20 debug, 30 info, 40 warn,
 * 50 error, 60 fatal), or Python's `levelno` (10 debug, 20 info, 30 warning, 40 error, 50 critical);
 * 1 to 24 are OpenTelemetry's SeverityNumber where the key says so.
 */
export function severityOfNumber(value: number, scale: SeverityScale = 'usual'): number {
  if (!Number.isInteger(value) || value < 0) return unknownSeverity
  if (scale === 'otel') return value < 1 || value > 24 ? unknownSeverity : (otel[(value - 1) >> 2] ?? 255)
  if (scale === 'python') return value > 99 ? unknownSeverity : (python[Math.floor(value / 10)] ?? 2)
  if (value <= 7) return value
  return value > 99 ? unknownSeverity : (bunyan[Math.floor(value / 10)] ?? 2)
}

const otel = [7, 7, 6, 4, 3, 2]
const python = [unknownSeverity, 7, 6, 4, 3, 2]
const bunyan = [unknownSeverity, 7, 7, 6, 4, 3, 2]

/** Severity that a level field's text tells, a word or a number. */
export function severityOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  scale: SeverityScale = 'usual',
): number {
  return isDigit(bytes[start] ?? 0)
    ? severityOfNumber(decimal(bytes, start, end), scale)
    : severityOfWord(bytes, start, end)
}

/** Name of a severity; null for an unknown one. */
export const severityName = (severity: number): string | null => severityNames[severity] ?? null

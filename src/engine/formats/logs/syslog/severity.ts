import { decimal } from '../bytes'
import { unknownSeverity } from '../severity'

/** Severity of a PRI (RFC 3164 4.1.1, RFC 5424 6.2.1: facility x 8 + severity); 255 without one. */
export const severityOfPriority = (bytes: Uint8Array, start: number, end: number): number =>
  start < 0 ? unknownSeverity : decimal(bytes, start, end) & 7

const facilities = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'audit',
  'alert',
  'clock',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const

/** Name of a PRI's facility. */
export const facilityOfPriority = (priority: number): string | undefined => facilities[priority >> 3]

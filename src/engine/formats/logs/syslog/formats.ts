import { bytesOf, equals, startsWith } from '../bytes'
import { finderFormat, shareOf } from '../finder-format'
import type { LogFormat, LogFormatName } from '../format'
import { severityOfWord, unknownSeverity } from '../severity'
import { syslogFields } from './fields'
import { createSyslogPlaces, scanSyslog } from './header'
import { syslogHead } from './head'
import { syslogFinders } from './lookup'
import { createXapiPlaces, scanXapi } from './xapi'

const line = createSyslogPlaces()
const xapi = createXapiPlaces()
const auditLevel = bytesOf('audit')
const storageManager = bytesOf('SM')

type Test = (bytes: Uint8Array) => boolean

/** A tag, and no level in the host's place: `2026-11-24T16:40:33Z ERROR main: ...` is an application's own format. */
const isSyslog: Test = (bytes) =>
  scanSyslog(bytes, 0, bytes.length, line) &&
  line.processStart >= 0 &&
  severityOfWord(bytes, line.hostStart, line.hostEnd) === unknownSeverity
const isXapi: Test = (bytes) => isSyslog(bytes) && scanXapi(bytes, line.bodyStart, line.bodyEnd, xapi)
const isAudit: Test = (bytes) => isXapi(bytes) && equals(bytes, xapi.levelStart, xapi.levelEnd, auditLevel)
const isStorage: Test = (bytes) =>
  isSyslog(bytes) && startsWith(bytes, line.processStart, line.processEnd, storageManager)

/** The special formats need a third of the lines to be theirs; systemd and others write into their files too. */
function score(sample: readonly Uint8Array[], own: Test): number {
  const share = shareOf(sample, own)
  return share < 0.3 ? 0 : shareOf(sample, isSyslog) * (0.7 + 0.3 * share)
}

/**
 * The files that rsyslog writes on a host differ in what stands behind the tag, and each holds lines of the others:
 * every line is read for what it is, whichever of these formats was chosen.
 */
const syslogFormat = (name: LogFormatName, looksLike: LogFormat['looksLike']): LogFormat =>
  finderFormat({ name, looksLike, head: syslogHead, finders: syslogFinders, fields: syslogFields })

/** xensource.log: `Mmm [d]d HH:MM:SS host proc: [%5s|context|tid name|task|module] message`, see `scanXapi`. */
export const xensource = syslogFormat('xensource', (sample) =>
  isMostly(sample, isAudit) ? 0 : score(sample, isXapi),
)

/** XCP's storage manager: `Jun 22 10:50:13 host SM: [23871] message`, the number is the pid (SM's util.py). */
export const smlog = syslogFormat('smlog', (sample) => score(sample, isStorage))

/**
 * xapi's audit.log (ocaml/xapi/rbac_audit.ml): xapi's header with a stamp of its own and `audit` for the level, then
 * an s-expression ('trackid=..' 'subject' 'user' 'ALLOWED' 'OK' 'API' 'VM.start' (arguments)).
 */
export const audit = syslogFormat('audit', (sample) =>
  isMostly(sample, isAudit) ? score(sample, isAudit) : 0,
)

/** RFC 3164 (4.1) and rsyslog's file formats, traditional and with ISO timestamps, with or without `<PRI>`. */
export const rfc3164 = syslogFormat('rfc3164', (sample) => 0.6 * shareOf(sample, isSyslog))

const isMostly = (sample: readonly Uint8Array[], test: Test): boolean => shareOf(sample, test) >= 0.5

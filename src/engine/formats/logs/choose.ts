import type { LogFormat, LogFormatName } from './format'
import { journaldJson, jsonLines } from './json/formats'
import { logfmt } from './logfmt'
import { plain } from './plain'
import { rfc5424 } from './rfc5424'
import { audit, rfc3164, smlog, xensource } from './syslog/formats'

/** All formats by name, for a choice by the user. */
export const logFormats: Readonly<Record<LogFormatName, LogFormat>> = {
  xensource,
  smlog,
  audit,
  rfc3164,
  rfc5424,
  'journald-json': journaldJson,
  json: jsonLines,
  logfmt,
  plain,
}

/**
 * The format that lines of a file look most like; `plain` where they look like none. Some tens of lines are enough;
 * lines without their newline.
 */
export function chooseFormat(sample: readonly Uint8Array[]): LogFormat {
  let chosen = plain
  let best = plain.looksLike(sample)
  for (const format of Object.values(logFormats)) {
    const score = format.looksLike(sample)
    if (score > best && score >= 0.3) {
      chosen = format
      best = score
    }
  }
  return chosen
}

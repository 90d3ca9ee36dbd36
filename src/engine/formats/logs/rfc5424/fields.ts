import { textOf } from '../bytes'
import type { LogFields } from '../format'
import { present } from '../format'
import { severityName } from '../severity'
import { facilityOfPriority } from '../syslog/severity'

const element = '\\[(?:[^"\\]]|"(?:[^"\\\\]|\\\\[^])*")*\\]'
const line = new RegExp(
  `^<(\\d{1,3})>\\d{1,2} ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+) (-|(?:${element})+)(?: \\ufeff?([^]*))?$`,
)
const elements = /\[([^ \]"]*)((?:[^"\]]|"(?:[^"\\]|\\[^])*")*)\]/g
const parameters = /([^ ="]+)="((?:[^"\\]|\\[^])*)"|"(?:[^"\\]|\\[^])*"/g

/** All fields of a line, parameters of the structured data as `id.name`. */
export function rfc5424Fields(bytes: Uint8Array, start: number, end: number): LogFields {
  const text = textOf(bytes, start, end)
  const match = line.exec(text)
  if (!match) return beginningOf(text)
  if (Number(match[1]) > 191) return { text }
  const [, priority, time, host, process, pid, msgid, data, message] = match
  const header = { time, host, process, pid, msgid }
  const named = Object.entries(header).filter(([, value]) => value !== '-')
  return {
    ...Object.fromEntries(structuredData(data ?? '')),
    ...Object.fromEntries(named),
    ...present({
      priority,
      facility: facilityOfPriority(Number(priority)),
      severity: severityName(Number(priority) & 7),
    }),
    text: message ?? '',
  }
}

/** What there is of a line that was cut off in its header. */
function beginningOf(text: string): LogFields {
  const [, priority, time] = /^<(\d{1,3})>\d{1,2} ([^ ]*)/.exec(text) ?? []
  if (priority === undefined || Number(priority) > 191) return { text }
  return {
    ...present({ priority, severity: severityName(Number(priority) & 7), time: time === '-' ? null : time }),
    text,
  }
}

function structuredData(data: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const [, id, content] of data.matchAll(elements)) {
    for (const [, name, value] of (content ?? '').matchAll(parameters)) {
      const key = `${id ?? ''}.${name ?? ''}`
      // Of two with one name the first counts.
      if (name !== undefined && !values.has(key)) values.set(key, (value ?? '').replace(/\\(["\\\]])/g, '$1'))
    }
  }
  return values
}

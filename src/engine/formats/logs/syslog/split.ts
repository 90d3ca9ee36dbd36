import { isDate, isDayOfSomeYear } from '../time/civil'

export interface SyslogParts {
  priority?: string | undefined
  time: string
  host?: string | undefined
  process?: string | undefined
  pid?: string | undefined
  repeated?: string | undefined
  body: string
}

/** Clock of a timestamp; a leap second is the 61st. */
const clock = '(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)'
const abbreviations = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec'
/** RFC 3164's timestamp; a day below ten with or without its padding. */
const traditional = new RegExp(`^(${abbreviations}) ((?:[ \\d]\\d)|\\d) ${clock}(?:\\.\\d+)?`, 'i')
/** ISO 8601, with separators or (xapi's audit log) compact. */
export const isoPattern = new RegExp(
  `^(?:(\\d{4})([-/])(\\d\\d)\\2(\\d\\d)[Tt _]|(\\d{4})(\\d\\d)(\\d\\d)[Tt])${clock}(?:[.,]\\d+)?` +
    '(?:Z| ?(?:UTC|GMT)(?![A-Za-z])| ?[+-](?:0\\d|1[0-8]):?[0-5]\\d)?',
)

const monthOf = (name: string): number => abbreviations.toLowerCase().split('|').indexOf(name.toLowerCase())

/** The timestamp that a text begins with; null where there is none. */
export function leadingStamp(text: string): string | null {
  const plain = traditional.exec(text)
  if (plain?.[1] && plain[2]) return isDayOfSomeYear(monthOf(plain[1]), Number(plain[2])) ? plain[0] : null
  return leadingIsoStamp(text)
}

export function leadingIsoStamp(text: string): string | null {
  const iso = isoPattern.exec(text)
  if (!iso) return null
  const [year, month, day] = [iso[1] ?? iso[5], iso[3] ?? iso[6], iso[4] ?? iso[7]].map(Number)
  return isDate(year ?? 0, (month ?? 0) - 1, day ?? 0) ? iso[0] : null
}

/** Splits a line of syslog with regular expressions; null where it has no header. */
export function splitSyslog(line: string): SyslogParts | null {
  const marked = /^<(\d{1,3})>/.exec(line)
  const priority = marked && Number(marked[1]) <= 191 ? marked[1] : undefined
  const rest = priority === undefined ? line : line.slice(priority.length + 2)
  const time = leadingStamp(rest)
  if (time === null || !/^(?: |$)/.test(rest.slice(time.length))) return null
  const [host, message] = splitHost(rest.slice(time.length + 1))
  const tag = /^([^ :[]+)(?:\[(\d+)\])?:(?: |$)/.exec(message)
  const body = tag ? message.slice(tag[0].length) : message
  const repeated = /^message repeated (\d+) times: \[ ?(.*)\]$/s.exec(body)
  return {
    priority,
    time,
    host,
    process: tag?.[1],
    pid: tag?.[2],
    repeated: repeated?.[1],
    body: repeated ? (repeated[2] ?? '') : body,
  }
}

function splitHost(text: string): [host: string | undefined, message: string] {
  const host = /^[^ ]*/.exec(text)?.[0] ?? ''
  return host.endsWith(':') ? [undefined, text] : [host, text.slice(host.length + 1)]
}

export interface XapiParts {
  stamp?: string | undefined
  level?: string | undefined
  context?: string | undefined
  thread?: string | undefined
  thread_name?: string | undefined
  task?: string | undefined
  module?: string | undefined
  /** Missing where the header is cut off or damaged: the message is then the whole. */
  text?: string | undefined
}

const xapiPattern =
  /^\[ {0,12}[A-Za-z]+\|(?<context>[^|]*)\|(?<thread>-?\d+)(?:(?: (?<thread_name>[^|]*))|(?=\|))\|(?<task>[^|]*)\|(?<module>[^\]]*)\] ?(?<text>.*)$/s

/** Splits `[%5s|context|tid name|task|module] message`; null where a message does not begin so. */
export function splitXapi(body: string): XapiParts | null {
  const stamp = /^\[\d/.test(body) ? leadingIsoStamp(body.slice(1)) : null
  if (/^\[\d/.test(body) && (stamp === null || body[stamp.length + 1] !== '|')) return null
  const rest = stamp === null ? body : `[${body.slice(stamp.length + 2)}`
  const level = /^\[ {0,12}([A-Za-z]{1,12})\|/.exec(rest)?.[1]
  if (level === undefined) return null
  const parts = xapiPattern.exec(rest)
  if (!parts?.groups) return { level }
  return { stamp: stamp ?? undefined, level, ...parts.groups }
}

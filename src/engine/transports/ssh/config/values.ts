import { lowerAscii } from '../pattern'
import type { ConfigLine, StrictHostKeyChecking } from './model'
import { printable } from './words'

/** Values of ssh_config(5). Undefined leaves the setting open for a later line. */
export type Parsed<T> = { readonly value: T | undefined } | { readonly mistake: string }

const wholeNumber = /^[ \t\n\v\f\r]*[+-]?\d+$/
const maxInteger = 2_147_483_647
const maxPort = 65_535
const maxKnownHostsFiles = 32

/** The only argument of a line. */
export function parseString(line: ConfigLine): Parsed<string> {
  const [value, ...more] = line.args
  if (value === undefined || value === '') return { mistake: 'A value is missing.' }
  if (more.length > 0) {
    return { mistake: `Only one value may stand here; ${printable(more.join(' '))} is too much.` }
  }
  return { value }
}

function parseWith<T>(line: ConfigLine, read: (text: string) => Parsed<T>): Parsed<T> {
  const text = parseString(line)
  return 'mistake' in text ? text : text.value === undefined ? { value: undefined } : read(text.value)
}

/** A number from 1 to 65535, or the name of SSH's own service. */
export function portOf(text: string): number | null {
  if (text === 'ssh') return 22
  const port = wholeNumber.test(text) ? Number(text) : NaN
  return port >= 1 && port <= maxPort ? port : null
}

export function parsePort(line: ConfigLine): Parsed<number> {
  return parseWith(line, (text) => {
    const value = portOf(text)
    return value === null
      ? { mistake: `${printable(text)} is no port: write a number from 1 to 65535.` }
      : { value }
  })
}

export function parseCount(line: ConfigLine): Parsed<number> {
  return parseWith(line, (text) => {
    const value = wholeNumber.test(text) ? Number(text) : NaN
    return value >= 0 && value <= maxInteger
      ? { value: value + 0 }
      : { mistake: `${printable(text)} is no whole number from 0.` }
  })
}

export function parseFlag(line: ConfigLine): Parsed<boolean> {
  return parseWith(line, (text) => {
    const word = lowerAscii(text)
    if (word === 'yes' || word === 'true') return { value: true }
    if (word === 'no' || word === 'false') return { value: false }
    return { mistake: `${printable(text)} is neither yes nor no.` }
  })
}

const strictWords = new Map<string, StrictHostKeyChecking>([
  ['yes', 'yes'],
  ['true', 'yes'],
  ['no', 'no'],
  ['false', 'no'],
  ['off', 'no'],
  ['ask', 'ask'],
  ['accept-new', 'accept-new'],
])

export function parseStrict(line: ConfigLine): Parsed<StrictHostKeyChecking> {
  return parseWith(line, (text) => {
    const value = strictWords.get(lowerAscii(text))
    return value === undefined
      ? { mistake: `${printable(text)} is none of yes, ask, accept-new and no.` }
      : { value }
  })
}

const unitSeconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 }

/** Seconds from `90`, `1h30m` and the like (TIME FORMATS in sshd_config(5)); `none` says nothing. */
export function parseTime(line: ConfigLine): Parsed<number> {
  return parseWith(line, (text) => {
    if (text === 'none') return { value: undefined }
    const parts = [...text.matchAll(/[ \t\n\v\f\r]*\+?(\d+)([smhdwSMHDW]?)/gy)]
    const seconds = parts.reduce((sum, [, count, unit = '']) => {
      return sum + Number(count) * (unitSeconds[unit.toLowerCase()] ?? NaN)
    }, 0)
    const whole = text !== '' && parts.map(([part]) => part).join('') === text
    return whole && seconds <= maxInteger
      ? { value: seconds }
      : { mistake: `${printable(text)} is no time: write seconds, or 10m, or 1h30m.` }
  })
}

/** File names; `none` alone for no file. */
export function parseFiles(line: ConfigLine): Parsed<readonly string[]> {
  if (line.args.length === 0 || line.args.includes('')) return { mistake: 'A file name is missing.' }
  const isNone = (word: string) => lowerAscii(word) === 'none'
  if (line.args.length > 1 && line.args.some(isNone)) return { mistake: '"none" must stand alone.' }
  if (line.args.length > maxKnownHostsFiles)
    return { mistake: `At most ${maxKnownHostsFiles} files may be named.` }
  return { value: line.args }
}

/** A socket's path, `none`, `SSH_AUTH_SOCK` or `$NAME`. */
export function parseAgent(line: ConfigLine): Parsed<string> {
  return parseWith(line, (text) => {
    if (/^\$(?!\{)/.test(text) && !/^\$[A-Za-z0-9_]+$/.test(text)) {
      return { mistake: `${printable(text)} does not name an environment variable.` }
    }
    return { value: text }
  })
}

import { isIPv4, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import { DiagnosticError } from '@shared/errors'
import { canonicalHost } from './host-name'

/** The parts of an address that a person typed. Offsets count from 0 in the whole text that was typed. */

export interface Destination {
  readonly user: string | null
  readonly host: string
  readonly port: number | null
}

export const usage =
  'Write user@host, user@host:port or ssh://user@host:port; an IPv6 address with a port as [address]:port.'

/** Control characters, and those that are not seen or turn the writing around. */
export const hiddenCharacter = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u
/** What a shell, a path or a pattern would take for something else. */
const notInUser = /[\s'"`$;&<>|(){}]/u
const notInHost = /[\s'"`$;&<>|(){}/\\,*?!%#=^[\]@:]/u
const ascii = /^[\p{ASCII}]*$/u

/** An address without blanks around it; `offset` is where it begins in what was typed. */
export function parseDestination(text: string, offset: number): Destination {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(text)
  if (scheme === null) return parseAuthority(text, offset, false)
  if (scheme[1]?.toLowerCase() !== 'ssh') fail('Only ssh:// leads to a host over SSH.', offset, usage)
  const rest = text.slice(scheme[0].length)
  const end = rest.search(/[/?#]/)
  const authority = end < 0 ? rest : rest.slice(0, end)
  const parsed = parseAuthority(authority, offset + scheme[0].length, true)
  if (end >= 0 && rest.slice(end) !== '/') {
    fail('A path does not belong in the address of a host.', offset + scheme[0].length + end, usage)
  }
  return parsed
}

function parseAuthority(text: string, offset: number, isUri: boolean): Destination {
  const at = text.lastIndexOf('@')
  const user = at < 0 ? null : parseUser(text.slice(0, at), offset, isUri)
  return { user, ...parsePlace(text.slice(at + 1), offset + at + 1, isUri) }
}

function parseUser(written: string, offset: number, isUri: boolean): string {
  const colon = written.indexOf(':')
  if (colon >= 0) {
    const hint = 'Leave it out: you are asked for it when it is needed.'
    fail('A password does not belong in an address.', offset + colon, hint)
  }
  const user = isUri ? decoded(written.split(';')[0] ?? '', offset) : written
  checkUser(user, offset)
  return user
}

/** `offset` is where the name begins. */
export function checkUser(user: string, offset: number): void {
  if (user === '') fail('The user name is missing.', offset, usage)
  if (user.startsWith('-')) fail('A user name cannot begin with a hyphen.', offset)
  const bad = hiddenCharacter.exec(user) ?? notInUser.exec(user)
  if (bad !== null) fail('This character does not belong in a user name.', offset + bad.index, usage)
  if (user.endsWith('\\')) fail('A user name cannot end with a backslash.', offset + user.length - 1)
}

function decoded(written: string, offset: number): string {
  try {
    return decodeURIComponent(written)
  } catch {
    return fail(
      'A percent sign must stand before two hexadecimal digits here.',
      offset + written.indexOf('%'),
    )
  }
}

function parsePlace(text: string, offset: number, isUri: boolean): Pick<Destination, 'host' | 'port'> {
  if (text.startsWith('[')) return parseBracketed(text, offset, isUri)
  if (isIPv6(text)) return { host: text, port: null }
  const colon = text.indexOf(':')
  const host = colon < 0 ? text : text.slice(0, colon)
  if (colon >= 0 && text.includes(':', colon + 1)) {
    const hint = 'If it is an IPv6 address with a port, write [address]:port.'
    fail('This is neither an IPv6 address nor host:port.', offset, hint)
  }
  const port = colon < 0 ? null : parsePort(text.slice(colon + 1), offset + colon + 1)
  return { host: checkedHost(host, offset), port }
}

function parseBracketed(text: string, offset: number, isUri: boolean): Pick<Destination, 'host' | 'port'> {
  const close = text.indexOf(']')
  if (close < 0) fail('The bracket is not closed.', offset, usage)
  const inside = isUri ? text.slice(1, close).replace('%25', '%') : text.slice(1, close)
  const behind = text.slice(close + 1)
  if (behind !== '' && !behind.startsWith(':')) {
    fail('Behind the bracket only a colon and a port may stand.', offset + close + 1, usage)
  }
  if (inside.includes(':') && !isIPv6(inside)) fail('This is no IPv6 address.', offset + 1, usage)
  const host = isIPv6(inside) ? inside : checkedHost(inside, offset + 1)
  return { host, port: behind === '' ? null : parsePort(behind.slice(1), offset + close + 2) }
}

function checkedHost(host: string, offset: number): string {
  if (host === '') fail('The host is missing.', offset, usage)
  if (host.startsWith('-')) fail('A host name cannot begin with a hyphen.', offset)
  const bad = notInHost.exec(host)
  if (bad !== null) {
    const isPath = bad[0] === '/' || bad[0] === '\\'
    fail(
      isPath
        ? 'A path does not belong in the address of a host.'
        : 'This character does not belong in a host name.',
      offset + bad.index,
      usage,
    )
  }
  if (/^[0-9.]+$/.test(host) && !isIPv4(canonicalHost(host))) {
    fail('This is no IPv4 address.', offset, 'It has four numbers from 0 to 255, as 192.168.0.10.')
  }
  if (ascii.test(host)) return host
  // In ASCII it shows when a letter only looks like another.
  const readable = domainToASCII(host)
  return readable === '' ? fail('This is no name that a host can have.', offset) : readable
}

/** `offset` is where the number begins. */
export function parsePort(text: string, offset: number): number {
  if (text === '') fail('The port is missing behind the colon.', offset, 'Leave the colon out for port 22.')
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : fail('The port must be a number from 1 to 65535.', offset)
}

export function fail(message: string, offset: number, hint?: string): never {
  throw new DiagnosticError('bad-request', message, { where: `character ${offset + 1}`, hint })
}

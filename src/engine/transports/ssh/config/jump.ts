import { isIPv6 } from 'node:net'
import { lowerAscii } from '../pattern'
import type { JumpHop } from './model'
import { portOf } from './values'
import { printable } from './words'

export type ParsedJump = { readonly hops: readonly JumpHop[] } | { readonly mistake: string }

/** Control characters, blanks, and what a shell or a terminal could take for something else. */
const unsafe = /[\p{C}\p{Z}'"`$\\;&<>|(){}]/u

/**
 * `none`, or hosts with commas between them, first to dial first: `[user@]host[:port]` or
 * `ssh://[user@]host[:port]`; IPv6 addresses in brackets.
 */
export function parseJump(rest: string): ParsedJump {
  const list = /^[^ \t\r\n#]*/.exec(rest.replace(/^[ \t=]+/, ''))?.[0].replace(/^"(.*)"$/, '$1') ?? ''
  if (lowerAscii(list) === 'none') return { hops: [] }
  const hops: JumpHop[] = []
  for (const written of list.split(',')) {
    if (written === '') {
      return { mistake: 'A jump host is missing: write the hosts with commas between them and no blanks.' }
    }
    const hop = parseHop(written)
    if ('mistake' in hop) return hop
    hops.push(hop)
  }
  return { hops }
}

function parseHop(written: string): JumpHop | { mistake: string } {
  const noHost = {
    mistake: `${printable(written)} is no jump host: write user@host:port, or [address]:port.`,
  }
  const uri = /^ssh:\/\/([^/]*)\/?$/.exec(written)
  if (uri === null && written.includes('/')) return noHost
  const authority = uri?.[1] ?? written
  const at = authority.lastIndexOf('@')
  const userText = at < 0 ? null : authority.slice(0, at)
  const user = userText === null || uri === null ? userText : decodedUser(userText)
  const place = parsePlace(authority.slice(at + 1))
  if (user === '' || place === null) return noHost
  if (Number.isNaN(place.port)) {
    return { mistake: `The port of the jump host ${printable(written)} is no number from 1 to 65535.` }
  }
  return isSafe(place.host) && isSafe(user ?? '')
    ? { user, ...place }
    : { mistake: `The jump host ${printable(written)} holds characters that no name has.` }
}

/** `host`, `host:port`, `[address]` or `[address]:port`; the port is NaN where it is none. */
function parsePlace(text: string): { host: string; port: number | null } | null {
  const [, address, name, portText = ''] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(.*))?$/.exec(text) ?? []
  const host = address ?? name
  if (host === undefined || (address?.includes(':') === true && !isIPv6(address))) return null
  return { host, port: portText === '' ? null : (portOf(portText) ?? NaN) }
}

const isSafe = (name: string): boolean => !name.startsWith('-') && !unsafe.test(name)

/** The user of a URI, without connection parameters; empty where it cannot be decoded. */
function decodedUser(written: string): string {
  try {
    return decodeURIComponent(written.split(';')[0] ?? '')
  } catch {
    return ''
  }
}

import { isIPv6, SocketAddress } from 'node:net'
import { lowerAscii } from './pattern'

export const defaultSshPort = 22

const numberPart = '(?:0[xX][0-9a-fA-F]+|[0-9]+)'
const numericIpv4 = new RegExp(`^${numberPart}(?:\\.${numberPart}){0,3}$`)

/**
 * The form in which OpenSSH looks a host up: names in lower case, addresses in their shortest form
 * (`127.1` is `127.0.0.1`, `FE80:0:0::1%eth0` is `fe80::1%eth0`). Anything else stays as it is.
 */
export function canonicalHost(host: string): string {
  if (numericIpv4.test(host)) return canonicalIpv4(host)
  if (host.includes(':')) return canonicalIpv6(host)
  return lowerAscii(host)
}

/** The WHATWG reader of URLs understands the same short, octal and hexadecimal forms as inet_aton(3). */
function canonicalIpv4(host: string): string {
  const url = `http://${host}/`
  return URL.canParse(url) ? new URL(url).hostname : host
}

function canonicalIpv6(host: string): string {
  if (!isIPv6(host)) return host
  const zone = host.indexOf('%')
  const address = zone < 0 ? host : host.slice(0, zone)
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address
  return zone < 0 ? canonical : canonical + host.slice(zone)
}

/** The name of a host in known_hosts: bare on port 22, `[host]:port` on any other. */
export function knownHostsName(host: string, port: number): string {
  const name = canonicalHost(host)
  return port === defaultSshPort ? name : `[${name}]:${port}`
}

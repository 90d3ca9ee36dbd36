import type { Client } from './library'

/**
 * The few things that the library knows and does not offer. Each is looked up with care: where a later
 * version has moved it, the answer is null, or nothing happens.
 */

const property = (owner: unknown, name: string): unknown =>
  typeof owner === 'object' && owner !== null ? Reflect.get(owner, name) : undefined

/** The server's software from its identification line: `OpenSSH_9.2p1`. */
export function remoteSoftware(client: Client): string | null {
  const version = property(client, '_remoteVer')
  return typeof version === 'string' ? version.slice(0, 100) : null
}

/** The library answers a request to change the password with the old one of its own configuration. */
export function setOldPassword(client: Client, password: string): boolean {
  const config = property(client, 'config')
  return typeof config === 'object' && config !== null && Reflect.set(config, 'password', password)
}

/**
 * Closes the channels whose request for a subsystem was refused: the library reports the error and leaves
 * them open, where they count as sessions. Those still being set up have a callback, or are none yet.
 */
export function closeRefusedChannels(client: Client): void {
  const channels = property(property(client, '_chanMgr'), '_channels')
  if (typeof channels !== 'object' || channels === null) return
  for (const channel of Object.values(channels) as unknown[]) {
    const waiting = property(channel, '_callbacks')
    const isSession = ['session', 'sftp'].includes(String(property(channel, 'type')))
    const idle = Array.isArray(waiting) && waiting.length === 0
    if (!isSession || !idle || property(channel, 'subtype') !== undefined) continue
    const destroy = property(channel, 'destroy')
    if (typeof destroy === 'function') Reflect.apply(destroy, channel, [])
  }
}

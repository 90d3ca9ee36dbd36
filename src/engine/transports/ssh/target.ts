/** Where a connection goes. `via` is the jump host before it, which may have one of its own. */
export interface SshTarget {
  readonly user: string
  /** A name or an address, without brackets. */
  readonly host: string
  readonly port: number
  readonly via?: SshTarget | undefined
}

/** At most two jump hosts. */
export const longestChain = 3

export const endpointText = ({ host, port }: { host: string; port: number }): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

export const targetText = (target: SshTarget): string => `${target.user}@${endpointText(target)}`

/** From the first host that is dialled to the last. */
export function hopsOf(target: SshTarget): SshTarget[] {
  return target.via === undefined ? [target] : [...hopsOf(target.via), target]
}

/** One name for each server that is reached the same way. */
export const endpointKey = (target: SshTarget): string => hopsOf(target).map(endpointText).join(' > ')

import type { CallResult } from '@shared/contract'
import { parseAddress } from '../../transports/ssh/address'

/** What a person typed, as the fields of a saved host. Throws `bad-request` with the offset of what is wrong. */
export function savedFromAddress(text: string): CallResult<'address.parse'> {
  const { host, port, user, proxyJump, identityFiles, ignored } = parseAddress(text)
  return {
    address: { transport: 'ssh', host, port, user },
    via: (proxyJump ?? []).map((hop) => ({ host: hop.host, port: hop.port, user: hop.user })),
    keyFiles: [...identityFiles],
    ignored: [...ignored],
  }
}

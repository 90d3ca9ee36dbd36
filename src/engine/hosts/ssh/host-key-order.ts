import { preferKnownAlgorithms } from '../../transports/ssh/known-hosts/host-key-algorithms'
import { readKnownHosts } from '../../transports/ssh/known-hosts/store'
import { hopsOf, type SshTarget } from '../../transports/ssh/target'
import type { PlannedRoute } from './route'

/** Known key types first, for each host on the way: a host must not seem new because it offered another type. */
export async function hostKeyAlgorithmsFor(
  route: PlannedRoute,
): Promise<(hop: SshTarget, algorithms: readonly string[]) => readonly string[]> {
  const orders = new Map<SshTarget, (algorithms: readonly string[]) => readonly string[]>()
  for (const hop of hopsOf(route.target)) {
    const config = route.configOf(hop)
    const { entries } = await readKnownHosts([
      ...config.userKnownHostsFiles.value,
      ...config.globalKnownHostsFiles.value,
    ])
    const name = { host: hop.host, port: hop.port, alias: config.hostKeyAlias.value ?? undefined }
    orders.set(hop, (algorithms) => preferKnownAlgorithms(entries, name, algorithms))
  }
  return (hop, algorithms) => orders.get(hop)?.(algorithms) ?? algorithms
}

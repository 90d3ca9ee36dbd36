import type { ServiceName } from './methods'

/** Who calls what, and how often in relation to the others. */
export interface CallKind {
  readonly caller: CallerName
  readonly service: ServiceName
  readonly method: string
  readonly weight: number
  /** The task in whose name the call is made. */
  readonly task: string
}

export type CallerName = 'xapi' | 'xenopsd-xc' | 'xcp-rrdd-netdev' | 'xcp-rrdd'

const kind = (
  weight: number,
  caller: CallerName,
  service: ServiceName,
  method: string,
  task: string,
): CallKind => ({ caller, service, method, weight, task })

export const callMix: readonly [CallKind, ...CallKind[]] = [
  kind(30, 'xapi', 'xenops.classic', 'VM.stat', 'xenops events'),
  kind(8, 'xapi', 'xenops.classic', 'UPDATES.get', 'xenops events'),
  kind(8, 'xapi', 'xenops.classic', 'TASK.stat', 'xenops events'),
  kind(2, 'xapi', 'xenops.classic', 'VM.start', 'Async.VM.start'),
  kind(1, 'xapi', 'xenops.classic', 'VM.shutdown', 'Async.VM.clean_shutdown'),
  kind(8, 'xapi', 'storage', 'SR.stat', 'SR.update'),
  kind(1, 'xapi', 'storage', 'SR.scan2', 'Async.SR.scan'),
  kind(6, 'xapi', 'networkd', 'Interface.get_all', 'network monitor'),
  kind(8, 'xapi', 'networkd', 'Interface.get_status', 'network monitor'),
  kind(14, 'xcp-rrdd-netdev', 'networkd', 'Network.Bridge.get_all_bonds', 'rrdp_netdev'),
  kind(4, 'xenopsd-xc', 'memory', 'balance_memory', 'xenops squeezer'),
  kind(4, 'xcp-rrdd', 'memory', 'get_total_memory', 'rrdd monitor'),
  kind(4, 'xapi', 'rrd', 'query_possible_vm_dss', 'VM.get_data_sources'),
  kind(3, 'xenopsd-xc', 'rrd', 'Plugin.Local.register', 'rrdp_iostat'),
  kind(1, 'xapi', 'v6d', 'get_version', 'license check'),
  kind(0.5, 'xapi', 'v6d', 'apply_edition', 'host.apply_edition'),
]

/** Processes as they log in: name and process id. */
export const tokens: Readonly<Record<CallerName, string>> = {
  xapi: 'xapi:2480',
  'xenopsd-xc': 'xenopsd-xc:3302',
  'xcp-rrdd-netdev': 'xcp-rrdd-netdev:1822',
  'xcp-rrdd': 'xcp-rrdd:1790',
}

export const servers: Readonly<Record<ServiceName, { readonly process: string; readonly token: string }>> = {
  'xenops.classic': { process: 'xenopsd-xc', token: 'xenopsd-xc:3301' },
  storage: { process: 'xapi', token: 'xapi:2481' },
  networkd: { process: 'xcp-networkd', token: 'xcp-networkd:2990' },
  memory: { process: 'squeezed', token: 'squeezed:3012' },
  rrd: { process: 'xcp-rrdd', token: 'xcp-rrdd:1791' },
  v6d: { process: 'v6d', token: 'v6d:2204' },
}

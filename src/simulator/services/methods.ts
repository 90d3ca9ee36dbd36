import type { Estate } from './estate'
import type { Random } from './random'

/** A value that JSON can hold. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface Subject {
  readonly random: Random
  readonly estate: Estate
  /** The debug argument. */
  readonly debug: string
}

/** A method of one of xapi's internal interfaces, and how a healthy service behaves. */
export interface Method {
  readonly name: string
  /** Seconds that half of the calls stay below. */
  readonly median: number
  /** Deviation of the logarithm of the latency. */
  readonly spread: number
  readonly params: (subject: Subject) => readonly Json[]
  readonly result: (subject: Subject) => Json
  /** Calls that it makes itself before it answers, in order: service and method. */
  readonly steps?: readonly (readonly [service: ServiceName, method: string])[]
  readonly error?: (subject: Subject) => Json
}

export type ServiceName = 'xenops.classic' | 'storage' | 'networkd' | 'memory' | 'v6d' | 'rrd'

const vmId = ({ random, estate, debug }: Subject): readonly Json[] => [
  { debug_info: debug, id: random.pick(estate.vms) },
]

const xenops: Method[] = [
  {
    name: 'VM.stat',
    median: 0.004,
    spread: 0.6,
    params: vmId,
    result: ({ random }) => [
      { id: 'x' },
      {
        power_state: 'Running',
        domids: [random.integer(40) + 1],
        consoles: [{ protocol: 'Rfb', port: 5900 + random.integer(40), path: '' }],
        memory_target: 1073741824 * (1 + random.integer(8)),
        vcpu_target: 1 + random.integer(8),
        rtc_timeoffset: '0',
        uncooperative_balloon_driver: false,
        last_start_time: 1795336573.25,
        guest_agent: [
          ['data/os_name', 'Debian GNU/Linux 12'],
          ['attr/vif/0/ipv4/0', `10.0.0.${random.integer(250) + 2}`],
        ],
      },
    ],
    error: ({ random, estate }) => ['Does_not_exist', ['VM', random.pick(estate.vms)]],
  },
  {
    name: 'UPDATES.get',
    median: 0.02,
    spread: 1.2,
    params: ({ debug, random }) => [debug, random.integer(100_000), 30],
    result: ({ random, estate }) => [[], [['Vm', random.pick(estate.vms)]], random.integer(100_000)],
  },
  {
    name: 'VM.start',
    median: 0.08,
    spread: 0.4,
    params: ({ random, estate, debug }) => [{ debug_info: debug, id: random.pick(estate.vms), force: false }],
    result: ({ random }) => String(random.integer(10_000)),
    steps: [
      ['memory', 'reserve_memory_range'],
      ['storage', 'VDI.attach2'],
      ['storage', 'VDI.activate3'],
      ['networkd', 'Bridge.add_port'],
    ],
    error: ({ random, estate }) => ['Failed_to_start', random.pick(estate.vms)],
  },
  {
    name: 'VM.shutdown',
    median: 0.06,
    spread: 0.4,
    params: ({ random, estate, debug }) => [
      { debug_info: debug, id: random.pick(estate.vms), timeout: 1200 },
    ],
    result: ({ random }) => String(random.integer(10_000)),
    steps: [
      ['storage', 'DP.destroy2'],
      ['memory', 'balance_memory'],
    ],
  },
  {
    name: 'TASK.stat',
    median: 0.001,
    spread: 0.5,
    params: ({ random, debug }) => [{ debug_info: debug, id: String(random.integer(10_000)) }],
    result: ({ random, estate }) => ({
      id: String(random.integer(10_000)),
      dbg: `Async.VM.start R:${random.hex(12)}`,
      ctime: 1795336573.25,
      state: ['Completed', { duration: 0.4, result: null }],
      subtasks: [],
      debug_info: [['vm', random.pick(estate.vms)]],
      backtrace: '[]',
      cancellable: true,
    }),
  },
]

const srAndVdi = ({ random, estate, debug }: Subject): Record<string, Json> => ({
  dbg: debug,
  dp: `vbd/${random.pick(estate.vms)}/xvda`,
  sr: random.pick(estate.srs),
  vdi: random.pick(estate.vdis),
})
const storageError = ({ random, estate }: Subject): Json => [
  'Backend_error',
  [
    'SR_BACKEND_FAILURE_46',
    ['', `The VDI is not available [opterr=VDI ${random.pick(estate.vdis)} locked]`, ''],
  ],
]

const storage: Method[] = [
  {
    name: 'SR.stat',
    median: 0.03,
    spread: 0.7,
    params: ({ random, estate, debug }) => [{ dbg: debug, sr: random.pick(estate.srs) }],
    result: ({ random }) => ({
      sr_uuid: random.uuid(),
      name_label: 'Local storage',
      name_description: '',
      total_space: 107374182400,
      free_space: random.integer(50_000) * 1048576,
      clustered: false,
      health: ['Healthy', ''],
    }),
    error: storageError,
  },
  {
    name: 'VDI.attach2',
    median: 0.12,
    spread: 0.5,
    params: (subject) => [{ ...srAndVdi(subject), read_write: true }],
    result: ({ random }) => ({
      implementations: [
        ['XenDisk', { params: `/dev/sm/backend/${random.uuid()}`, extra: {}, backend_type: 'vbd3' }],
        ['BlockDevice', { path: `/dev/sm/phy/${random.uuid()}` }],
      ],
    }),
    error: storageError,
  },
  {
    name: 'VDI.activate3',
    median: 0.09,
    spread: 0.5,
    params: (subject) => [{ ...srAndVdi(subject), vm: '0' }],
    result: () => null,
    error: storageError,
  },
  {
    name: 'DP.destroy2',
    median: 0.1,
    spread: 0.5,
    params: (subject) => [srAndVdi(subject)],
    result: () => null,
  },
  {
    name: 'SR.scan2',
    median: 0.3,
    spread: 0.6,
    params: ({ random, estate, debug }) => [{ dbg: debug, sr: random.pick(estate.srs) }],
    // Long enough for the trace to cut it.
    result: ({ random, estate }) => [
      estate.vdis.map((vdi) => ({
        vdi,
        content_id: '',
        name_label: `disk of ${vdi}`,
        ty: 'user',
        virtual_size: 10737418240,
      })),
      { sr_uuid: random.pick(estate.srs), name_description: 'Local storage of this host. '.repeat(12) },
    ],
    error: storageError,
  },
]

const networkd: Method[] = [
  {
    name: 'Interface.get_all',
    median: 0.002,
    spread: 0.5,
    params: ({ debug }) => [debug, {}],
    result: ({ estate }) => ['lo', 'eth0', 'eth1', ...estate.bridges],
  },
  {
    name: 'Interface.get_status',
    median: 0.003,
    spread: 0.5,
    params: ({ debug, random, estate }) => [debug, random.pick(estate.bridges)],
    result: () => ({ up: true, mac: '00:16:3e:12:34:56', mtu: 1500 }),
  },
  {
    name: 'Network.Bridge.get_all_bonds',
    median: 0.0015,
    spread: 0.5,
    params: () => [{ from_cache: true }, 'rrdp_netdev'],
    result: () => [['bond0', ['eth0', 'eth1']]],
  },
  {
    name: 'Bridge.add_port',
    median: 0.01,
    spread: 0.5,
    params: ({ debug, random, estate }) => [
      { bridge: random.pick(estate.bridges), interfaces: [`vif${random.integer(40) + 1}.0`], dbg: debug },
      'vif',
    ],
    result: () => null,
  },
]

const memory: Method[] = [
  { name: 'balance_memory', median: 0.012, spread: 0.6, params: ({ debug }) => [debug], result: () => null },
  {
    name: 'reserve_memory_range',
    median: 0.015,
    spread: 0.5,
    params: ({ debug }) => [{ dbg: debug, session_id: 'xenopsd', min: 1073741824, max: 2147483648 }],
    result: ({ random }) => [random.uuid(), 1073741824],
    error: () => ['Cannot_free_this_much_memory', [1048576, 524288]],
  },
  {
    name: 'get_total_memory',
    median: 0.001,
    spread: 0.4,
    params: ({ debug }) => [debug],
    result: () => 17179869184,
  },
]

const rrd: Method[] = [
  {
    name: 'Plugin.Local.register',
    median: 0.002,
    spread: 0.5,
    params: () => [{ uid: 'xcp-rrdd-iostat-1234', info: 'Five_Seconds', protocol: 'V2' }],
    result: ({ random }) => random.next() * 5,
  },
  {
    name: 'query_possible_vm_dss',
    median: 0.006,
    spread: 0.6,
    params: ({ random, estate }) => [{ vm_uuid: random.pick(estate.vms) }],
    result: () => [['cpu0', 'AVERAGE']],
  },
]

const v6d: Method[] = [
  {
    name: 'get_version',
    median: 0.001,
    spread: 0.4,
    params: ({ debug }) => [debug],
    result: () => ({ product_version: '8.3.0', feature_version: 1 }),
  },
  {
    name: 'apply_edition',
    median: 0.02,
    spread: 0.5,
    params: ({ debug }) => [debug, 'xcp-ng', []],
    result: () => ({
      edition_name: 'xcp-ng',
      xapi_params: [],
      additional_params: [],
      experimental_features: [],
    }),
    error: () => ['Invalid_edition', 'xcp-ng'],
  },
]

export const methods: Readonly<Record<ServiceName, readonly Method[]>> = {
  'xenops.classic': xenops,
  storage,
  networkd,
  memory,
  rrd,
  v6d,
}

export const queueOf = (service: ServiceName): string => `org.xen.xapi.${service}`

export function methodOf(service: ServiceName, name: string): Method {
  const method = methods[service].find((candidate) => candidate.name === name)
  if (method === undefined) throw new Error(`the simulated ${service} has no method ${name}`)
  return method
}

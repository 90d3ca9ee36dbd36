import * as v from 'valibot'
import { wireError } from '../errors'

export const hostId = v.pipe(v.string(), v.minLength(1), v.maxLength(256))
export type HostId = v.InferOutput<typeof hostId>

/**
 * Where a host's session stands.
 * `live` has fresh samples; `stale` is connected but its samples stopped; `failed` gave up and says why.
 */
export const hostState = v.picklist(['disconnected', 'connecting', 'live', 'stale', 'reconnecting', 'failed'])
export type HostState = v.InferOutput<typeof hostState>

/** What the console itself costs the host, over the last minute. */
export const hostCost = v.object({
  /** Share of one core, 0.01 = 1 %. Null until measured. */
  cpu: v.nullable(v.number()),
  /** Bytes read from the host a second. */
  bytes: v.nullable(v.number()),
})
export type HostCost = v.InferOutput<typeof hostCost>

/** Something on a host that needs attention although the host itself answers. */
export const hostTrouble = v.object({
  severity: v.picklist(['red', 'amber']),
  /** Epoch milliseconds; null where it is not known. */
  since: v.nullable(v.number()),
  title: v.string(),
  detail: v.string(),
  /** The view that shows it. */
  view: v.string(),
})
export type HostTrouble = v.InferOutput<typeof hostTrouble>

export const hostSummary = v.object({
  id: hostId,
  name: v.string(),
  /** How it is reached, for people: "this machine", "ssh root@xcp1:22". */
  address: v.string(),
  state: hostState,
  /** The stage that is running or failed: resolve, connect, identity, authenticate, discover, sample. */
  stage: v.nullable(v.string()),
  /** Which of the hosts on the way the stage is about: a jump host or the host itself. Null where there is one only. */
  hop: v.nullable(v.string()),
  error: v.nullable(wireError),
  /** Since when the state holds, epoch milliseconds. */
  since: v.number(),
  /** Engine's time of the newest sample, epoch milliseconds. */
  lastSampleAt: v.nullable(v.number()),
  /** Sampling interval of the fastest source, milliseconds. */
  interval: v.number(),
  /** Simulated hosts say so wherever they show. */
  simulated: v.boolean(),
  cost: hostCost,
  /** The oldest first; empty while the host is not connected: nobody knows then. */
  troubles: v.array(hostTrouble),
})
export type HostSummary = v.InferOutput<typeof hostSummary>

/** What a probe found or missed, and why, so that an empty panel explains itself. */
export const finding = v.object({
  source: v.string(),
  /** What was looked for: "pressure stall", "file systems". */
  subject: v.string(),
  available: v.boolean(),
  /** Where it was found, or why it is missing and what to do about it. */
  detail: v.string(),
})
export type Finding = v.InferOutput<typeof finding>

/** Facts of a host that hardly change; null where the host does not tell. */
export const hostFacts = v.object({
  hostname: v.nullable(v.string()),
  operatingSystem: v.nullable(v.string()),
  kernel: v.nullable(v.string()),
  architecture: v.nullable(v.string()),
  cores: v.nullable(v.number()),
  processor: v.nullable(v.string()),
  /** Bytes. */
  memory: v.nullable(v.number()),
  /** Epoch milliseconds by the host's clock. */
  bootedAt: v.nullable(v.number()),
  virtualization: v.nullable(v.string()),
  timeZone: v.nullable(v.string()),
})
export type HostFacts = v.InferOutput<typeof hostFacts>

/** How a host is connected, for the host's page: null for what does not apply. */
export const connectionView = v.object({
  /** Key exchange, host key, cipher, MAC as negotiated. */
  algorithms: v.array(v.object({ name: v.string(), value: v.string() })),
  /** Whether the SSH library's native crypto runs. */
  crypto: v.picklist(['native', 'fallback']),
  /** How files are read: `sftp`, `shell`, or `none` with the reason in the findings. */
  files: v.picklist(['sftp', 'shell', 'none']),
  /** Host's clock minus ours, milliseconds; null until measured. */
  clockOffset: v.nullable(v.number()),
  /** It is right to so many milliseconds. */
  clockError: v.nullable(v.number()),
})
export type ConnectionView = v.InferOutput<typeof connectionView>

export const hostDetails = v.object({
  facts: hostFacts,
  findings: v.array(finding),
  /** Null while it is not connected, and for this machine. */
  connection: v.nullable(connectionView),
})
export type HostDetails = v.InferOutput<typeof hostDetails>

export const processRow = v.object({
  pid: v.number(),
  /** The kernel's short name (15 bytes at most on Linux). */
  name: v.string(),
  /** R, S, D, Z, T, I ... as the kernel prints it. */
  state: v.string(),
  /** Share of one core over the last interval; null on the first sight of a process. */
  cpu: v.nullable(v.number()),
  /** Resident memory, bytes. */
  memory: v.number(),
  threads: v.number(),
})
export type ProcessRow = v.InferOutput<typeof processRow>

export const processTable = v.object({
  time: v.nullable(v.number()),
  /** Processes on the host, also those that are not in the rows. */
  total: v.number(),
  running: v.number(),
  blocked: v.number(),
  rows: v.array(processRow),
})
export type ProcessTable = v.InferOutput<typeof processTable>

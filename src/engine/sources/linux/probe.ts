import { toWireError } from '@shared/errors'
import type { Finding } from '@shared/model/host'
import { CounterTable } from '../../formats/procfs/counter-table'
import { diskStatWidth, parseDiskStats } from '../../formats/procfs/disk-stats'
import { MemoryInfo } from '../../formats/procfs/meminfo'
import { parseMounts } from '../../formats/procfs/mounts'
import { netDevWidth, parseNetDev } from '../../formats/procfs/net-dev'
import { Pressure } from '../../formats/procfs/pressure'
import { ProcStat } from '../../formats/procfs/stat'
import type { ProbeContext, ProbeResult } from '../source'
import { readFacts } from './facts'
import { realMounts } from './file-systems'

interface Check {
  readonly subject: string
  readonly path: string
  /** What was found, for people; null where the content is not as expected. */
  readonly look: (bytes: Uint8Array) => string | null
  /** What to do where the file does not exist. */
  readonly missing: string
}

/** "1 disk", "2 disks". */
const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`

const notLinux = 'It is not a Linux host, or /proc is not mounted.'

const checks: readonly Check[] = [
  { subject: 'CPU', path: '/proc/stat', look: lookAtCpu, missing: notLinux },
  { subject: 'memory', path: '/proc/meminfo', look: lookAtMemory, missing: notLinux },
  { subject: 'paging', path: '/proc/vmstat', look: () => 'Swap traffic and major faults', missing: notLinux },
  {
    subject: 'load average',
    path: '/proc/loadavg',
    look: () => 'Over 1, 5 and 15 minutes',
    missing: notLinux,
  },
  {
    subject: 'disks',
    path: '/proc/diskstats',
    look: lookAtDisks,
    missing: 'The kernel keeps no statistics of block devices, or this is a container that hides them.',
  },
  {
    subject: 'network',
    path: '/proc/net/dev',
    look: lookAtNetwork,
    missing: 'The kernel was built without networking.',
  },
  {
    subject: 'pressure stall',
    path: '/proc/pressure/cpu',
    look: lookAtPressure,
    missing:
      'The kernel is older than 4.20, was built without PSI, or PSI is off: add psi=1 to the kernel command line.',
  },
  { subject: 'file systems', path: '/proc/self/mounts', look: lookAtMounts, missing: notLinux },
  {
    subject: 'processes',
    path: '/proc/1/stat',
    look: () => 'All processes can be read',
    missing: hiddenProcesses(),
  },
]

/** Looks at each file once. Usable where /proc/stat is. */
export async function probeLinux(context: ProbeContext): Promise<ProbeResult> {
  const findings = await Promise.all(checks.map((check) => examine(context, check)))
  const usable = findings[0]?.available === true
  if (!usable) return { usable, findings, facts: {} }
  const facts = await readFacts(context)
  return { usable, findings: facts.virtualization === 'xen dom0' ? [...findings, onlyDom0] : findings, facts }
}

async function examine({ transport, signal }: ProbeContext, check: Check): Promise<Finding> {
  const { subject, path, look } = check
  const finding = (available: boolean, detail: string): Finding => ({
    source: 'linux',
    subject,
    available,
    detail,
  })
  try {
    const found = look(await transport.readFile(path, { signal }))
    return found === null
      ? finding(false, `${path} is not in the form that Linux prints.`)
      : finding(true, `${found} (${path})`)
  } catch (thrown) {
    return finding(false, reason(thrown, check))
  }
}

function reason(thrown: unknown, { path, missing }: Check): string {
  const { code, message, hint } = toWireError(thrown)
  if (code === 'not-found') return `${path} is not there. ${missing}`
  // A kernel with PSI switched off may have the file, but refuses to read it.
  if (code === 'not-supported') return `${message} ${missing}`
  return hint === undefined ? message : `${message} ${hint}`
}

function lookAtCpu(bytes: Uint8Array): string | null {
  const stat = new ProcStat()
  stat.parse(bytes)
  return stat.cpus.rows > 1 ? count(stat.cpus.rows - 1, 'core') : null
}

function lookAtMemory(bytes: Uint8Array): string | null {
  const memory = new MemoryInfo()
  memory.parse(bytes)
  if (Number.isNaN(memory.get('MemTotal'))) return null
  return Number.isNaN(memory.get('MemAvailable'))
    ? 'The kernel is older than 3.14: available memory is estimated as free(1) does'
    : 'Memory and swap'
}

function lookAtDisks(bytes: Uint8Array): string {
  const table = new CounterTable(diskStatWidth)
  parseDiskStats(bytes, table)
  return `${count(table.rows, 'block device')}, partitions and unused ones included`
}

function lookAtNetwork(bytes: Uint8Array): string {
  const table = new CounterTable(netDevWidth)
  parseNetDev(bytes, table)
  return count(table.rows, 'interface')
}

function lookAtPressure(bytes: Uint8Array): string | null {
  const pressure = new Pressure()
  pressure.parse(bytes)
  return Number.isNaN(pressure.some) ? null : 'CPU, memory and I/O'
}

function lookAtMounts(bytes: Uint8Array): string {
  return count(realMounts(parseMounts(bytes)).length, 'file system')
}

function hiddenProcesses(): string {
  return 'Processes of other users are hidden (/proc is mounted with hidepid): only the login user’s own are listed.'
}

const onlyDom0: Finding = {
  source: 'linux',
  subject: 'whole host',
  available: false,
  detail:
    'This is the control domain of a Xen host: these figures are of dom0 only, those of the whole host come from rrdd.',
}

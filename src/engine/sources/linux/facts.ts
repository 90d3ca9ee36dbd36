import type { HostFacts } from '@shared/model/host'
import { parseCpuInfo } from '../../formats/procfs/cpuinfo'
import { MemoryInfo } from '../../formats/procfs/meminfo'
import { parseOsRelease } from '../../formats/procfs/os-release'
import { ProcStat } from '../../formats/procfs/stat'
import { readArchitecture } from './environment'
import { tryCommand, tryRead, tryText, type HostReader } from './host-reader'
import { readVirtualization } from './virtualization'

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value)

/** What a Linux host says of itself; null for what it does not tell. */
export async function readFacts(host: HostReader): Promise<HostFacts> {
  const cpuInfo = await tryRead(host, '/proc/cpuinfo')
  const cpu = cpuInfo === null ? null : parseCpuInfo(cpuInfo)
  const [hostname, operatingSystem, kernel, architecture, stat, memory, virtualization, timeZone] =
    await Promise.all([
      tryText(host, '/proc/sys/kernel/hostname'),
      readOperatingSystem(host),
      tryText(host, '/proc/sys/kernel/osrelease'),
      readArchitecture(host),
      tryRead(host, '/proc/stat'),
      tryRead(host, '/proc/meminfo'),
      readVirtualization(host, cpu?.hypervisor ?? null),
      readTimeZone(host),
    ])
  const cores = stat === null ? null : readCores(stat)
  return {
    hostname,
    operatingSystem,
    kernel,
    architecture,
    cores: cores?.count ?? cpu?.cores ?? null,
    processor: cpu?.model ?? null,
    memory: memory === null ? null : readMemory(memory),
    bootedAt: cores?.bootedAt ?? null,
    virtualization,
    timeZone,
  }
}

function readCores(bytes: Uint8Array): { count: number | null; bootedAt: number | null } {
  const stat = new ProcStat()
  stat.parse(bytes)
  // The first line is that of all cores.
  return { count: stat.cpus.rows > 1 ? stat.cpus.rows - 1 : null, bootedAt: orNull(stat.bootTime * 1000) }
}

function readMemory(bytes: Uint8Array): number | null {
  const memory = new MemoryInfo()
  memory.parse(bytes)
  return orNull(memory.get('MemTotal'))
}

async function readOperatingSystem(host: HostReader): Promise<string | null> {
  const release = (await tryRead(host, '/etc/os-release')) ?? (await tryRead(host, '/usr/lib/os-release'))
  const name = release === null ? null : parseOsRelease(release)
  return name ?? (await tryText(host, '/etc/redhat-release'))
}

/** A name of the time zone database, such as `Europe/Berlin`. */
async function readTimeZone(host: HostReader): Promise<string | null> {
  const link = await tryCommand(host, ['readlink', '/etc/localtime'])
  const linked = link === null ? undefined : /zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(link)?.[1]
  return linked ?? (await tryText(host, '/etc/timezone'))
}

import {
  isPageSize,
  isTickRate,
  parseAuxiliaryVector,
  type AuxiliaryVector,
} from '../../formats/procfs/auxiliary-vector'
import { tryCommand, tryText, tryRead, type HostReader } from './host-reader'

/** What the readings are to be understood with; read once, when the source opens. */
export interface Environment {
  readonly hostname: string
  /** Bytes. */
  readonly pageSize: number
  /** USER_HZ: ticks a second in /proc. */
  readonly ticksPerSecond: number
  /** Width of `unsigned long` in the kernel, at which many of its counters wrap. */
  readonly longBits: 32 | 64
  /** vm.min_free_kbytes in bytes, NaN where not told. */
  readonly minimumFree: number
}

export async function readEnvironment(host: HostReader): Promise<Environment> {
  const [hostname, sizes, architecture, minimumFree] = await Promise.all([
    tryText(host, '/proc/sys/kernel/hostname'),
    readSizes(host),
    readArchitecture(host),
    tryText(host, '/proc/sys/vm/min_free_kbytes'),
  ])
  return {
    hostname: hostname ?? 'host',
    ...sizes,
    longBits: kernelBits(architecture),
    minimumFree: minimumFree === null ? NaN : Number(minimumFree) * 1024,
  }
}

/** As `uname -m` says it; the file exists since Linux 6.1. */
export async function readArchitecture(host: HostReader): Promise<string | null> {
  return (await tryText(host, '/proc/sys/kernel/arch')) ?? (await tryCommand(host, ['uname', '-m']))
}

/** 64 for every machine that is not known to be of 32 bits. */
export function kernelBits(architecture: string | null): 32 | 64 {
  const narrow =
    /^(i[3-6]86|arm(v[2-8]\w*)?|mips(el)?|ppc(le)?|s390|sparc|riscv32|m68k|sh\w*|parisc|xtensa|arc)$/
  return architecture !== null && narrow.test(architecture) ? 32 : 64
}

/** From the auxiliary vector, which needs no process; where it cannot be read, from getconf. */
async function readSizes(host: HostReader): Promise<AuxiliaryVector> {
  const vector = await tryRead(host, '/proc/self/auxv')
  const known = vector === null ? null : parseAuxiliaryVector(vector)
  if (known !== null) return known
  const [pageSize, ticks] = await Promise.all([
    tryCommand(host, ['getconf', 'PAGESIZE']),
    tryCommand(host, ['getconf', 'CLK_TCK']),
  ])
  return {
    pageSize: isPageSize(Number(pageSize)) ? Number(pageSize) : 4_096,
    ticksPerSecond: isTickRate(Number(ticks)) ? Number(ticks) : 100,
  }
}

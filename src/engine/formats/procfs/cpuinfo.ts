import { textOf } from './names'

export interface CpuInfo {
  /** Cores that are online; null where the file does not list them. */
  readonly cores: number | null
  readonly model: string | null
  /** Set on x86 when the kernel runs under a hypervisor; null where the processor does not tell. */
  readonly hypervisor: boolean | null
}

/** Keys of the model by architecture: x86 and ARM, POWER, MIPS and others. */
const modelKeys = ['model name', 'Model', 'cpu', 'cpu model', 'Hardware', 'uarch']

/** /proc/cpuinfo, whose keys differ from one architecture to the other. */
export function parseCpuInfo(bytes: Uint8Array): CpuInfo {
  const first = new Map<string, string>()
  let processors = 0
  for (const line of textOf(bytes).split('\n')) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const key = line.slice(0, colon).trim()
    const value = line.slice(colon + 1).trim()
    if (/^processor( \d+)?$/.test(key)) processors++
    if (value && !first.has(key)) first.set(key, value)
  }
  const model = modelKeys.map((key) => first.get(key)).find((value) => value !== undefined)
  const flags = first.get('flags')
  return {
    cores: processors > 0 ? processors : null,
    model: model?.replace(/\s+/g, ' ') ?? null,
    hypervisor: flags === undefined ? null : flags.split(' ').includes('hypervisor'),
  }
}

import { KeyedNumbers } from './keyed-numbers'

const keys = [
  'MemTotal',
  'MemFree',
  'MemAvailable',
  'Buffers',
  'Cached',
  'SwapTotal',
  'SwapFree',
  'Dirty',
  'SReclaimable',
  'Active(file)',
  'Inactive(file)',
] as const

/** /proc/meminfo in bytes (the file's "kB" are 1024 bytes); NaN for lines that the kernel does not print. */
export class MemoryInfo {
  readonly #numbers = new KeyedNumbers(keys)
  /** Bytes of vm.min_free_kbytes, needed for {@link available} before Linux 3.14 only. */
  minimumFree = NaN

  clear(): void {
    this.#numbers.clear()
  }

  parse(bytes: Uint8Array): void {
    this.#numbers.parse(bytes)
  }

  get(key: (typeof keys)[number]): number {
    return this.#numbers.get(key) * 1024
  }

  /**
   * Memory that programs can have without swapping: the kernel's own estimate, and where it prints none
   * (before 3.14) the estimate of `free` (procps, proc/sysinfo.c). NaN where even that lacks a part.
   */
  get available(): number {
    const own = this.get('MemAvailable')
    if (!Number.isNaN(own)) return own
    const low = (this.minimumFree * 5) / 4
    const files = this.get('Active(file)') + this.get('Inactive(file)')
    const slab = this.get('SReclaimable')
    const estimate =
      this.get('MemFree') - low + files - Math.min(files / 2, low) + slab - Math.min(slab / 2, low)
    return Math.max(estimate, 0)
  }
}

import { tryText, type HostReader } from './host-reader'

/** Devices that exist in numbers without being used: published only once they had traffic. */
const usuallyIdle = /^(loop|ram|zram|nbd|fd|sr)\d+$/

export const isUsuallyIdle = (device: string): boolean => usuallyIdle.test(device)

/**
 * Which names of /proc/diskstats are whole devices: /sys/block lists those and no partitions.
 * Where it cannot be read, a name made of another device's and a number is taken for a partition.
 */
export class BlockDevices {
  readonly #host: HostReader
  /** True for whole devices. */
  readonly #known = new Map<string, boolean>()
  /** Names that people gave to device-mapper devices (LVM, multipath). */
  readonly #labels = new Map<string, string>()
  #unknown = new Set<string>()
  #running = false

  constructor(host: HostReader) {
    this.#host = host
  }

  /** False for partitions, and for a new name until the next {@link refresh}. */
  isWhole(device: string): boolean {
    const known = this.#known.get(device)
    if (known === undefined) this.#unknown.add(device)
    return known ?? false
  }

  label(device: string): string {
    const label = this.#labels.get(device)
    return label === undefined ? device : `${device} (${label})`
  }

  /** Looks up the names that came up since; one run at a time, nothing to do in the usual case. */
  async refresh(): Promise<void> {
    if (this.#running || this.#unknown.size === 0) return
    this.#running = true
    const names = [...this.#unknown]
    this.#unknown = new Set()
    try {
      const whole = (await this.#list()) ?? guessWhole([...this.#known.keys(), ...names])
      await Promise.all(
        names
          .filter((name) => name.startsWith('dm-') && whole.has(name))
          .map((name) => this.#readLabel(name)),
      )
      for (const name of names) this.#known.set(name, whole.has(name))
    } finally {
      this.#running = false
    }
  }

  async #list(): Promise<Set<string> | null> {
    try {
      const names = await this.#host.transport.readDirectory('/sys/block', { signal: this.#host.signal })
      // A slash in a device's name ("cciss/c0d0") is an exclamation mark in sysfs.
      return new Set(names.map((name) => name.replaceAll('!', '/')))
    } catch {
      return null
    }
  }

  async #readLabel(name: string): Promise<void> {
    const label = await tryText(this.#host, `/sys/block/${name}/dm/name`)
    if (label !== null) this.#labels.set(name, label)
  }
}

export function guessWhole(names: readonly string[]): Set<string> {
  const all = new Set(names)
  const isPartition = (name: string): boolean => {
    // "sda1" of "sda"; "nvme0n1p1" of "nvme0n1".
    const disk = /^(.*\D)\d+$/.exec(name)?.[1]
    const numberedDisk = /^(.*\d)p\d+$/.exec(name)?.[1]
    return (disk !== undefined && all.has(disk)) || (numberedDisk !== undefined && all.has(numberedDisk))
  }
  return new Set(names.filter((name) => !isPartition(name)))
}

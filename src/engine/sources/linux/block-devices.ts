import { guessWhole } from '../../formats/procfs/device-kinds'
import { DeviceLookup } from './device-lookup'
import { tryText, type HostReader } from './host-reader'

export interface BlockDevice {
  /** Not a partition. */
  readonly whole: boolean
  /** What a person calls it. */
  readonly label: string
}

/** Devices that exist in numbers without being used: published only once they had traffic. */
const usuallyIdle = /^(loop|ram|zram|nbd|fd|sr)\d+$/

export const isUsuallyIdle = (device: string): boolean => usuallyIdle.test(device)
/** A line of /proc/diskstats that nothing is published of: a device of that kind without a request yet. */
export function isIdleRow(line: string): boolean {
  const [, , device = '', ...counters] = line.trim().split(/ +/)
  return isUsuallyIdle(device) && counters.every((counter) => counter === '0')
}

/**
 * Which names of /proc/diskstats are whole devices: /sys/block lists those and no partitions.
 * Where it cannot be read, a name made of another device's and a number is taken for a partition.
 */
export function createBlockDevices(host: HostReader): DeviceLookup<BlockDevice> {
  const seen = new Set<string>()
  return new DeviceLookup(async (names) => {
    for (const name of names) seen.add(name)
    const whole = (await listWhole(host)) ?? guessWhole([...seen])
    const devices = names.map(async (name): Promise<[string, BlockDevice]> => {
      const device = { whole: whole.has(name), label: whole.has(name) ? await readLabel(host, name) : name }
      return [name, device]
    })
    return new Map(await Promise.all(devices))
  })
}

async function listWhole({ transport, signal }: HostReader): Promise<Set<string> | null> {
  try {
    const names = await transport.readDirectory('/sys/block', { signal })
    // A slash in a device's name ("cciss/c0d0") is an exclamation mark in sysfs.
    return new Set(names.map((name) => name.replaceAll('!', '/')))
  } catch {
    return null
  }
}

/** People know LVM volumes and multipath devices by the name that the device mapper was given. */
async function readLabel(host: HostReader, device: string): Promise<string> {
  const label = /^dm-\d+$/.test(device) ? await tryText(host, `/sys/block/${device}/dm/name`) : null
  return label === null ? device : `${device} (${label})`
}

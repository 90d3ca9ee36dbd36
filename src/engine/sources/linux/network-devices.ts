import { isGuestEnd, isVirtualByName } from '../../formats/procfs/device-kinds'
import { DeviceLookup } from './device-lookup'
import { tryRead, type HostReader } from './host-reader'

/** For each interface, whether it has hardware of its own (real, or what a hypervisor offers as such). */
export function createNetworkDevices(host: HostReader): DeviceLookup<boolean> {
  return new DeviceLookup(async (names) => {
    const answers = names.map(async (name): Promise<[string, boolean]> => [
      name,
      await hasHardware(host, name),
    ])
    return new Map(await Promise.all(answers))
  })
}

async function hasHardware(host: HostReader, name: string): Promise<boolean> {
  if (isGuestEnd(name) || name.includes('/')) return false
  return (await tryRead(host, `/sys/class/net/${name}/device/uevent`)) !== null
}

/**
 * Whether an interface belongs into the host's total. A packet that crosses a bond, a bridge and a VLAN shows
 * in each: only interfaces with hardware count. Where none has any (in a container) names decide.
 */
export function countsInTotal(devices: DeviceLookup<boolean>, name: string): boolean {
  const anyHardware = [...devices.values()].includes(true)
  return anyHardware ? devices.get(name) === true : !isVirtualByName(name)
}

/** A line of /proc/net/dev without an interface. */
export const isHeadRow = (line: string): boolean => !line.includes(':')

/** What names of devices tell, for the totals of a host. */

/** Devices whose requests go on to other devices of the same host, and which a total would count twice. */
const stacked = /^(dm-|md|bcache|drbd|loop|ram|zram|td[a-z])/

export const isStacked = (device: string): boolean => stacked.test(device)

/** The names that are no partition of another: "sda1" of "sda", "nvme0n1p1" of "nvme0n1". */
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

/** Ends of a guest's interface: they have a device (on the Xen bus) without being hardware of this host. */
const guestEnd = /^(vif|tap)/

export const isGuestEnd = (name: string): boolean => guestEnd.test(name)

/** Interfaces that pass traffic on to others, by their usual names. */
const virtual =
  /^(lo|ifb|dummy|bond|team|br|virbr|xenbr|xapi|ovs|docker|veth|vif|tap|tun|wg|cali|cni|flannel)|[.:]/

export const isVirtualByName = (name: string): boolean => virtual.test(name)

import { tryText, type HostReader } from './host-reader'

/** What the firmware of a virtual machine calls itself. */
const firmware: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/vmware/i, 'vmware'],
  [/virtualbox|innotek/i, 'virtualbox'],
  [/microsoft/i, 'hyper-v'],
  [/amazon ec2/i, 'kvm (Amazon EC2)'],
  [/google/i, 'kvm (Google)'],
  [/parallels/i, 'parallels'],
  [/bhyve/i, 'bhyve'],
  [/qemu|kvm|red hat|openstack|nutanix/i, 'kvm'],
  [/xen/i, 'xen guest'],
]

/**
 * A guess at what the host runs on: `none`, `xen dom0`, `xen guest (HVM)`, `kvm`, `container` and others;
 * null where nothing tells.
 * @param hypervisor the processor's flag of that name
 */
export async function readVirtualization(
  host: HostReader,
  hypervisor: boolean | null,
): Promise<string | null> {
  const [type, guestType, capabilities, container, vendor, product] = await Promise.all(
    [
      '/sys/hypervisor/type',
      '/sys/hypervisor/guest_type',
      '/proc/xen/capabilities',
      '/run/systemd/container',
      '/sys/class/dmi/id/sys_vendor',
      '/sys/class/dmi/id/product_name',
    ].map((path) => tryText(host, path)),
  )
  if (container) return `container (${container})`
  if (capabilities?.includes('control_d')) return 'xen dom0'
  if (type === 'xen' || typeof capabilities === 'string')
    return guestType ? `xen guest (${guestType})` : 'xen guest'
  // Physical machines have a vendor too (Microsoft, Google): it counts only under a hypervisor.
  if (hypervisor !== true) return hypervisor === false ? 'none' : null
  const maker = `${vendor ?? ''} ${product ?? ''}`
  return firmware.find(([pattern]) => pattern.test(maker))?.[1] ?? 'unknown hypervisor'
}

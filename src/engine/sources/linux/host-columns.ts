import { isStacked } from '../../formats/procfs/device-kinds'
import { allCoresColumns } from './cpu-columns'
import { counter, gauge, sum, type Column } from './columns'
import type { Environment } from './environment'
import type { HostSample } from './host-sample'

const processor: readonly Column<HostSample>[] = allCoresColumns.map((column) => {
  const { read, divisor, ...rest } = column
  const lifted: Column<HostSample> = { ...rest, read: (host) => read(host.cpu) }
  return divisor === undefined ? lifted : { ...lifted, divisor: (host) => divisor(host.cpu) }
})

const tasks = (longBits: 32 | 64): readonly Column<HostSample>[] => [
  gauge(
    ['load1', '', 'Tasks running, runnable or in uninterruptible wait, averaged over 1 minute'],
    (host) => host.load.one,
  ),
  gauge(['load5', '', 'The same over 5 minutes'], (host) => host.load.five),
  gauge(['load15', '', 'The same over 15 minutes'], (host) => host.load.fifteen),
  gauge(['processes_running', 'count', 'Tasks running or runnable'], (host) => host.stat.running),
  gauge(['processes_blocked', 'count', 'Tasks waiting for I/O'], (host) => host.stat.blocked),
  counter(
    ['context_switches', 'events/s', 'Switches from one task to another'],
    (host) => host.stat.contextSwitches,
  ),
  counter(['interrupts', 'events/s', 'Interrupts serviced'], (host) => host.stat.interrupts),
  counter(['forks', 'events/s', 'Processes and threads created'], (host) => host.stat.forks, {
    bits: longBits,
  }),
  gauge(['uptime', 'seconds', 'Time since boot'], (host) => host.uptime),
]

const memory: readonly Column<HostSample>[] = [
  gauge(['memory_total', 'bytes', 'Memory that the kernel manages'], ({ memory: m }) => m.get('MemTotal')),
  gauge(['memory_used', 'bytes', 'Total less available'], ({ memory: m }) => m.get('MemTotal') - m.available),
  gauge(
    ['memory_available', 'bytes', 'What programs can have without swapping, an estimate'],
    ({ memory: m }) => m.available,
  ),
  gauge(['memory_free', 'bytes', 'Not used for anything'], ({ memory: m }) => m.get('MemFree')),
  gauge(['memory_cached', 'bytes', 'Page cache'], ({ memory: m }) => m.get('Cached')),
  gauge(['memory_buffers', 'bytes', 'Cache of block devices'], ({ memory: m }) => m.get('Buffers')),
  gauge(['memory_dirty', 'bytes', 'Waiting to be written to disk'], ({ memory: m }) => m.get('Dirty')),
  gauge(['swap_total', 'bytes', 'Swap space'], ({ memory: m }) => m.get('SwapTotal')),
  gauge(
    ['swap_used', 'bytes', 'Swap space in use'],
    ({ memory: m }) => m.get('SwapTotal') - m.get('SwapFree'),
  ),
]

const paging = (pageSize: number, bits: 32 | 64): readonly Column<HostSample>[] => [
  counter(['swap_in', 'bytes/s', 'Read from swap'], ({ vm }) => vm.get('pswpin'), { scale: pageSize, bits }),
  counter(['swap_out', 'bytes/s', 'Written to swap'], ({ vm }) => vm.get('pswpout'), {
    scale: pageSize,
    bits,
  }),
  counter(
    ['major_faults', 'events/s', 'Page faults that had to read a disk'],
    ({ vm }) => vm.get('pgmajfault'),
    { bits },
  ),
]

/** Microseconds to a share of time. */
const stalled = { scale: 1e-6 }

const pressure: readonly Column<HostSample>[] = [
  counter(
    ['pressure_cpu_some', 'ratio', 'Share of time in which some task waited for a core'],
    (host) => host.pressure.cpu.some,
    stalled,
  ),
  counter(
    ['pressure_memory_some', 'ratio', 'Share of time in which some task waited for memory'],
    (host) => host.pressure.memory.some,
    stalled,
  ),
  counter(
    ['pressure_memory_full', 'ratio', 'Share of time in which every task waited for memory'],
    (host) => host.pressure.memory.full,
    stalled,
  ),
  counter(
    ['pressure_io_some', 'ratio', 'Share of time in which some task waited for I/O'],
    (host) => host.pressure.io.some,
    stalled,
  ),
  counter(
    ['pressure_io_full', 'ratio', 'Share of time in which every task waited for I/O'],
    (host) => host.pressure.io.full,
    stalled,
  ),
]

/** Decides whether an instance counts in a total of the host. */
type Counts = (instance: string) => boolean

const notStacked: Counts = (device) => !isStacked(device)

const totals = (interfaceCounts: Counts): readonly Column<HostSample>[] => [
  sum(['disk_read', 'bytes/s', 'Read from all disks, stacked devices left out'], 'disk', 'read', notStacked),
  sum(
    ['disk_write', 'bytes/s', 'Written to all disks, stacked devices left out'],
    'disk',
    'write',
    notStacked,
  ),
  sum(
    ['network_receive', 'bytes/s', 'Received on all interfaces with hardware'],
    'network',
    'receive',
    interfaceCounts,
  ),
  sum(
    ['network_transmit', 'bytes/s', 'Sent on all interfaces with hardware'],
    'network',
    'transmit',
    interfaceCounts,
  ),
]

/** Metrics of the instance `host`. A part that this kernel lacks stays null. */
export function hostColumns(
  environment: Environment,
  interfaceCounts: Counts,
): readonly Column<HostSample>[] {
  const { pageSize, longBits } = environment
  return [
    ...processor,
    ...tasks(longBits),
    ...memory,
    ...paging(pageSize, longBits),
    ...pressure,
    ...totals(interfaceCounts),
  ]
}

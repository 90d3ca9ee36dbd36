import { cpuTime } from '../../formats/procfs/stat'
import type { CounterRow } from '../../formats/procfs/counter-table'
import { ratio, type Column, type Label } from './columns'

/** Ticks; a NaN (a column that an old kernel lacks) counts as nothing in a sum. */
const or0 = (value: number): number => (Number.isNaN(value) ? 0 : value)

/** All time that passed. Guest time is in `user` and `nice` already. */
function total(row: CounterRow): number {
  return busy(row) + row.at(cpuTime.idle) + or0(row.at(cpuTime.iowait))
}

/** Neither idle nor waiting for a disk; steal counts, since the host's work could not go on. */
function busy(row: CounterRow): number {
  return (
    row.at(cpuTime.user) +
    row.at(cpuTime.nice) +
    row.at(cpuTime.system) +
    or0(row.at(cpuTime.irq)) +
    or0(row.at(cpuTime.softirq)) +
    or0(row.at(cpuTime.steal))
  )
}

/** Ticks that iowait may go back: the kernel says that it is not exact (proc.rst). */
const iowaitSlack = 1_000

const share = (label: Label, read: (row: CounterRow) => number, steady?: number): Column<CounterRow> =>
  ratio(label, read, total, steady === undefined ? {} : { steady })

/** Names differ: `cpu_user` of the host, `user` of a core. */
function shares(prefix: string, usage: string, of: string): Column<CounterRow>[] {
  return [
    share([usage, 'ratio', `Share of time ${of} not idle and not waiting for I/O`], busy),
    share([`${prefix}user`, 'ratio', 'Programs, without nice; guests included'], (row) =>
      row.at(cpuTime.user),
    ),
    share([`${prefix}system`, 'ratio', 'The kernel'], (row) => row.at(cpuTime.system)),
    share(
      [`${prefix}iowait`, 'ratio', 'Idle with a disk request outstanding'],
      (row) => row.at(cpuTime.iowait),
      iowaitSlack,
    ),
    share([`${prefix}steal`, 'ratio', 'Runnable, but the hypervisor ran something else'], (row) =>
      row.at(cpuTime.steal),
    ),
  ]
}

export const coreColumns: readonly Column<CounterRow>[] = shares('', 'usage', 'the core was')

/** Of the line of all cores. */
export const allCoresColumns: readonly Column<CounterRow>[] = [
  ...shares('cpu_', 'cpu', 'all cores were'),
  share(
    ['cpu_irq', 'ratio', 'Interrupts, hard and soft'],
    (row) => row.at(cpuTime.irq) + row.at(cpuTime.softirq),
  ),
  share(['cpu_nice', 'ratio', 'Programs of low priority'], (row) => row.at(cpuTime.nice)),
  share(
    ['cpu_guest', 'ratio', 'Virtual machines run by this host; part of user and nice'],
    (row) => row.at(cpuTime.guest) + or0(row.at(cpuTime.guestNice)),
  ),
]

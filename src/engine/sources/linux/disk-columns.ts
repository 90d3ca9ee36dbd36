import { diskStat } from '../../formats/procfs/disk-stats'
import type { CounterRow } from '../../formats/procfs/counter-table'
import { counter, ratio, type Column } from './columns'

const sector = 512
const perMillisecond = 0.001

/**
 * Metrics of a block device. Counts and sectors are `unsigned long` in the kernel; the times are printed as
 * 32 bits of milliseconds on every machine (block/genhd.c), so they wrap after 50 days of requests.
 */
export function diskColumns(row: CounterRow, longBits: 32 | 64): readonly Column<CounterRow>[] {
  const long = { bits: longBits }
  const bytes = { scale: sector, bits: longBits }
  const time = { scale: perMillisecond, bits: 32 } as const
  const columns: Column<CounterRow>[] = [
    counter(['read', 'bytes/s', 'Read'], (disk) => disk.at(diskStat.sectorsRead), bytes),
    counter(['write', 'bytes/s', 'Written'], (disk) => disk.at(diskStat.sectorsWritten), bytes),
    counter(['reads', 'requests/s', 'Read requests completed'], (disk) => disk.at(diskStat.reads), long),
    counter(['writes', 'requests/s', 'Write requests completed'], (disk) => disk.at(diskStat.writes), long),
    ratio(
      ['read_latency', 'seconds', 'Mean time of a read request, queue included'],
      (disk) => disk.at(diskStat.readMilliseconds),
      (disk) => disk.at(diskStat.reads),
      { scale: perMillisecond },
    ),
    ratio(
      ['write_latency', 'seconds', 'Mean time of a write request, queue included'],
      (disk) => disk.at(diskStat.writeMilliseconds),
      (disk) => disk.at(diskStat.writes),
      { scale: perMillisecond },
    ),
    counter(
      ['utilisation', 'ratio', 'Share of time with a request outstanding'],
      (disk) => disk.at(diskStat.busyMilliseconds),
      time,
    ),
    counter(
      ['queue', 'count', 'Mean number of requests outstanding'],
      (disk) => disk.at(diskStat.weightedMilliseconds),
      time,
    ),
  ]
  if (!Number.isNaN(row.at(diskStat.sectorsDiscarded))) {
    columns.push(
      counter(
        ['discard', 'bytes/s', 'Discarded (trim)'],
        (disk) => disk.at(diskStat.sectorsDiscarded),
        bytes,
      ),
    )
  }
  return columns
}

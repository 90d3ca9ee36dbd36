import { DiagnosticError } from '@shared/errors'
import { CounterTable } from '../../formats/procfs/counter-table'
import { diskStat, diskStatWidth, parseDiskStats } from '../../formats/procfs/disk-stats'
import { netDevWidth, parseNetDev } from '../../formats/procfs/net-dev'
import type { SampleGroup, SourceContext } from '../source'
import { createBlockDevices, isIdleRow, isUsuallyIdle, type BlockDevice } from './block-devices'
import { InstanceColumns } from './columns'
import { coreColumns } from './cpu-columns'
import type { DeviceLookup } from './device-lookup'
import { diskColumns } from './disk-columns'
import type { Environment } from './environment'
import { hostColumns } from './host-columns'
import { HostFile, readAll } from './host-file'
import { HostSample } from './host-sample'
import { rowsAfter } from './line-runs'
import { networkColumns } from './network-columns'
import { countsInTotal, createNetworkDevices, isHeadRow } from './network-devices'
import { TableClass } from './table-class'

export const loadInterval = 1_000

/** Everything that is sampled each second: the host as a whole, cores, disks and interfaces. */
export class LoadSampler {
  readonly #context: SourceContext
  readonly #group: SampleGroup
  readonly #host: HostSample
  readonly #hostColumns: InstanceColumns<HostSample>
  readonly #classes: readonly TableClass[]
  readonly #blockDevices: DeviceLookup<BlockDevice>
  readonly #networkDevices: DeviceLookup<boolean>
  readonly files: readonly HostFile[]

  constructor(context: SourceContext, environment: Environment) {
    this.#context = context
    this.#group = context.sink.group('fast', loadInterval)
    this.#host = new HostSample(context, environment.minimumFree)
    this.#blockDevices = createBlockDevices(context)
    this.#networkDevices = createNetworkDevices(context)
    const interfaceCounts = (name: string): boolean => countsInTotal(this.#networkDevices, name)
    const instance = { class: 'host', id: 'host', name: environment.hostname }
    this.#hostColumns = new InstanceColumns(this.#group, instance, hostColumns(environment, interfaceCounts))
    this.#classes = [this.#cores(), this.#disks(environment), this.#interfaces(environment)]
    this.files = [...new Set([...this.#host.files, ...this.#classes.map((each) => each.file)])]
  }

  /** Reads everything once, to know the devices; rejects where no file can be read. */
  async start(): Promise<void> {
    if (!(await readAll(this.files))) {
      const cause = this.files.map((file) => file.error).find((error) => error !== null)
      throw new DiagnosticError('not-supported', 'None of the files in /proc can be read.', {
        where: this.#context.transport.label,
        hint: 'Load is read from /proc of a Linux host.',
        cause,
      })
    }
    this.#parse()
    await this.#lookUpDevices()
  }

  /**
   * Takes one sample. Its time is when the reads are sent, which over a network precedes the host's answer by half
   * a round trip: that shifts all samples alike, so rates are right. (/proc/uptime would be the host's own clock,
   * but with its steps of 10 ms an error of 1 % at this interval.)
   * Rejects when the transport is lost.
   */
  async sample(): Promise<void> {
    const time = this.#context.clock.now()
    const monotonic = this.#context.clock.monotonic()
    if (!(await readAll(this.files)) || this.#context.signal.aborted) return
    this.#parse()
    this.#hostColumns.write(this.#group.raw, this.#host)
    for (const each of this.#classes) each.write()
    this.#group.commit(time, monotonic)
    // Devices that came up in this sample are published with the next one.
    await this.#lookUpDevices()
  }

  async close(): Promise<void> {
    await Promise.all(this.files.map((file) => file.close()))
  }

  #parse(): void {
    this.#host.parse()
    for (const each of this.#classes) each.parse()
  }

  async #lookUpDevices(): Promise<void> {
    await Promise.all([this.#blockDevices.refresh(), this.#networkDevices.refresh()])
  }

  #cores(): TableClass {
    return new TableClass({
      group: this.#group,
      class: 'cpu',
      columns: () => coreColumns,
      file: this.#host.statFile,
      table: this.#host.stat.cpus,
      // The host's own sample has parsed this file already.
      parse: () => undefined,
      published: (row) => row.table.name(row.index) !== 'cpu',
    })
  }

  #disks({ longBits }: Environment): TableClass {
    const table = new CounterTable(diskStatWidth)
    return new TableClass({
      group: this.#group,
      class: 'disk',
      columns: (_, row) => diskColumns(row, longBits),
      name: (device) => this.#blockDevices.get(device)?.label ?? device,
      file: new HostFile('/proc/diskstats', this.#context, [rowsAfter(isIdleRow)]),
      table,
      parse: (bytes) => parseDiskStats(bytes, table),
      published: (row) => {
        const device = table.name(row.index)
        if (this.#blockDevices.get(device)?.whole !== true) return false
        return !isUsuallyIdle(device) || row.at(diskStat.reads) + row.at(diskStat.writes) > 0
      },
    })
  }

  #interfaces({ longBits }: Environment): TableClass {
    const table = new CounterTable(netDevWidth)
    const columns = networkColumns(longBits)
    return new TableClass({
      group: this.#group,
      class: 'network',
      columns: () => columns,
      file: new HostFile('/proc/net/dev', this.#context, [rowsAfter(isHeadRow)]),
      table,
      parse: (bytes) => parseNetDev(bytes, table),
      // Known first, so that the total counts it from the start or not at all.
      published: (row) => this.#networkDevices.get(table.name(row.index)) !== undefined,
    })
  }
}

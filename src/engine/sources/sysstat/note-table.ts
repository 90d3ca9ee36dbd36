import { metricPath, type MetricAddress } from '@shared/model/metrics'
import { putDisks, putInterfaces, type Devices } from './device-metrics'
import { putHost, putShares, type Put } from './host-metrics'
import { objectsAt, textAt, type Noted } from './report'

/** What the console may be made to keep of one host by an archive. */
const mostColumns = 20_000
/** Identifiers of the model are at most this long. */
const longestId = 256

export interface NoteColumn {
  readonly address: MetricAddress
  /** One for each time of the table, up to its length; NaN where missing, and where it is shorter. */
  readonly values: number[]
}

/** The values of one archive, by record and metric. */
export class NoteTable {
  /** Epoch milliseconds. */
  readonly times: number[] = []
  /** Milliseconds, of each record. */
  readonly intervals: number[] = []
  /** Epoch milliseconds at which the host was started anew. */
  readonly restarts: number[] = []
  /** By path. */
  readonly columns = new Map<string, NoteColumn>()
  /** The same by class and instance, then metric. */
  readonly #metrics = new Map<string, Map<string, NoteColumn>>()
  readonly #devices: Devices
  readonly #pageSize: number

  constructor(devices: Devices & { readonly pageSize: number }) {
    this.#devices = devices
    this.#pageSize = devices.pageSize
  }

  get values(): number {
    return this.times.length * this.columns.size
  }

  add({ time, interval, json }: Noted): void {
    const at = this.times.push(time) - 1
    this.intervals.push(interval)
    const host = this.#putOf('host', 'host', at)
    putHost(json, this.#pageSize, host)
    // "-u ALL" had a name of its own before 12.
    for (const row of [...objectsAt(json, 'cpu-load'), ...objectsAt(json, 'cpu-load-all')]) {
      const core = textAt(row, 'cpu')
      if (core === 'all') putShares(row, 'cpu', 'cpu_', host)
      else if (/^\d+$/.test(core)) putShares(row, 'usage', '', this.#putOf('cpu', `cpu${core}`, at))
    }
    putDisks(json, this.#devices, (disk) => this.#putOf('disk', disk, at), host)
    putInterfaces(json, this.#devices, (name) => this.#putOf('network', name, at), host)
  }

  #putOf(className: string, instance: string, at: number): Put {
    const place = `${className}\n${instance}`
    let metrics = this.#metrics.get(place)
    if (metrics === undefined) {
      if (this.#metrics.size >= mostColumns) return () => undefined
      metrics = new Map<string, NoteColumn>()
      this.#metrics.set(place, metrics)
    }
    const known = metrics
    return (metric, value) => {
      if (Number.isNaN(value)) return
      const column = known.get(metric) ?? this.#add({ class: className, instance, metric }, known)
      if (column === null) return
      while (column.values.length < at) column.values.push(NaN)
      column.values[at] = value
    }
  }

  /** Null where there is no room for it. */
  #add(address: MetricAddress, metrics: Map<string, NoteColumn>): NoteColumn | null {
    if (this.columns.size >= mostColumns || address.instance.length > longestId) return null
    const column = { address, values: [] }
    metrics.set(address.metric, column)
    this.columns.set(metricPath(address), column)
    return column
  }
}

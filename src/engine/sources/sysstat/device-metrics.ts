import { guessWhole, isGuestEnd, isStacked, isVirtualByName } from '../../formats/procfs/device-kinds'
import type { Put } from './host-metrics'
import { numberAt, objectAt, objectsAt, textAt, type Json } from './report'
import type { Survey } from './survey'

const kib = 1_024
const sector = 512
const percent = 0.01

/** What of the host decides how devices are called and which count in its totals. */
export type Devices = Pick<Survey, 'devices' | 'hardware'>
export type PutOf = (instance: string) => Put

/** Block devices, without partitions, and their sums for the host. */
export function putDisks(json: Json, { devices }: Devices, putOf: PutOf, putHost: Put): void {
  const rows = new Map<string, Json>()
  for (const row of objectsAt(json, 'disk')) {
    const name = kernelName(textAt(row, 'disk-device'), devices)
    if (name !== null) rows.set(name, row)
  }
  const read = new Sum()
  const written = new Sum()
  for (const name of guessWhole([...rows.keys()])) {
    const row = rows.get(name) ?? {}
    const put = putOf(name)
    const readBytes = bytes(row, 'rd_sec', 'rkB')
    const writtenBytes = bytes(row, 'wr_sec', 'wkB')
    put('read', readBytes)
    put('write', writtenBytes)
    put('utilisation', numberAt(row, 'util-percent') * percent)
    put('queue', numberAt(row, 'aqu-sz', 'avgqu-sz'))
    put('discard', bytes(row, 'dc_sec', 'dkB'))
    if (isStacked(name)) continue
    read.add(readBytes)
    written.add(writtenBytes)
  }
  putHost('disk_read', read.value)
  putHost('disk_write', written.value)
}

/** Versions before 12 say `dev8-0`, later ones the kernel's name; null for a device that has gone. */
function kernelName(name: string, devices: ReadonlyMap<string, string>): string | null {
  if (name === '') return null
  return devices.get(name) ?? (/^dev\d+-\d+$/.test(name) ? null : name)
}

/** Sectors are more exact than kilobytes; newer versions may have the latter only. */
const bytes = (row: Json, sectors: string, kilobytes: string): number => {
  const exact = numberAt(row, sectors) * sector
  return Number.isNaN(exact) ? numberAt(row, kilobytes) * kib : exact
}

/** Network interfaces, and their sums for the host. */
export function putInterfaces(json: Json, { hardware }: Devices, putOf: PutOf, putHost: Put): void {
  const network = objectAt(json, 'network')
  const received = new Sum()
  const sent = new Sum()
  const own = [...hardware].filter((name) => !isGuestEnd(name))
  const counts = (name: string): boolean => (own.length > 0 ? own.includes(name) : !isVirtualByName(name))
  for (const row of objectsAt(network, 'net-dev')) {
    const name = textAt(row, 'iface')
    if (name === '') continue
    const put = putOf(name)
    const receivedBytes = numberAt(row, 'rxkB') * kib
    const sentBytes = numberAt(row, 'txkB') * kib
    put('receive', receivedBytes)
    put('transmit', sentBytes)
    put('receive_packets', numberAt(row, 'rxpck'))
    put('transmit_packets', numberAt(row, 'txpck'))
    if (!counts(name)) continue
    received.add(receivedBytes)
    sent.add(sentBytes)
  }
  for (const row of objectsAt(network, 'net-edev')) {
    const name = textAt(row, 'iface')
    if (name === '') continue
    const put = putOf(name)
    put('receive_errors', numberAt(row, 'rxerr'))
    put('transmit_errors', numberAt(row, 'txerr'))
    put('receive_drops', numberAt(row, 'rxdrop'))
    put('transmit_drops', numberAt(row, 'txdrop'))
  }
  putHost('network_receive', received.value)
  putHost('network_transmit', sent.value)
}

/** Missing values are left out; the sum of nothing is missing. */
class Sum {
  value = NaN

  add(value: number): void {
    if (!Number.isNaN(value)) this.value = (Number.isNaN(this.value) ? 0 : this.value) + value
  }
}

import { netDev } from '../../formats/procfs/net-dev'
import type { CounterRow } from '../../formats/procfs/counter-table'
import { counter, type Column } from './columns'

/**
 * Metrics of a network interface. The kernel prints 64 bits, but many drivers of 32-bit kernels count
 * in an `unsigned long`.
 */
export function networkColumns(longBits: 32 | 64): readonly Column<CounterRow>[] {
  const bits = { bits: longBits }
  return [
    counter(['receive', 'bytes/s', 'Received'], (row) => row.at(netDev.receiveBytes), bits),
    counter(['transmit', 'bytes/s', 'Sent'], (row) => row.at(netDev.transmitBytes), bits),
    counter(
      ['receive_packets', 'packets/s', 'Packets received'],
      (row) => row.at(netDev.receivePackets),
      bits,
    ),
    counter(['transmit_packets', 'packets/s', 'Packets sent'], (row) => row.at(netDev.transmitPackets), bits),
    counter(
      ['receive_errors', 'errors/s', 'Bad packets received'],
      (row) => row.at(netDev.receiveErrors),
      bits,
    ),
    counter(['transmit_errors', 'errors/s', 'Failed to send'], (row) => row.at(netDev.transmitErrors), bits),
    counter(
      ['receive_drops', 'packets/s', 'Received and dropped'],
      (row) => row.at(netDev.receiveDrops),
      bits,
    ),
    counter(
      ['transmit_drops', 'packets/s', 'Dropped before sending'],
      (row) => row.at(netDev.transmitDrops),
      bits,
    ),
  ]
}

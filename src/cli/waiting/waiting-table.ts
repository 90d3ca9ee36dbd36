import { formatClock, formatDuration, formatText, missing } from '@shared/units'
import type { BusSummary } from '@shared/model/messages'
import type { Output } from '../output'
import { columns } from '../text'
import { visible } from '../visible'
import type { FoundMessage } from './matching-messages'

const widestMethod = 40

/** Messages that wait, at a moment of our clock. */
export function waitingTable(
  bus: BusSummary,
  found: readonly FoundMessage[],
  time: number,
  paint: Output['paint'],
): string {
  const rows = found.map(({ queue, message: { id, time: sent, kind, from, method, task, size } }) => [
    visible(formatDuration(Math.max(0, time - sent))),
    visible(queue),
    visible(id),
    kind,
    visible(from ?? missing),
    shortened(visible(method ?? missing)),
    visible(task ?? missing),
    visible(formatText(size, 'bytes')),
  ])
  const titles = ['age', 'queue', 'id', 'kind', 'from', 'method', 'task', 'size']
  const [header = '', ...lines] = columns(
    [titles, ...rows],
    ['right', 'left', 'right', 'left', 'left', 'left', 'left', 'right'],
  )
  const waiting = bus.queues.reduce((sum, { depth }) => sum + depth, 0)
  const head = `${visible(bus.title)}  ${formatClock(time)}  ${found.length} of ${waiting} waiting messages`
  return `${[head, paint('strong', header), ...lines].join('\n')}\n`
}

const shortened = (text: string): string =>
  text.length > widestMethod ? `${text.slice(0, widestMethod - 1)}…` : text

/** One line of NDJSON for each message; `time` is that of the reading. */
export const waitingJson = (host: string, found: readonly FoundMessage[], time: number): string =>
  found
    .map(({ bus, queue, service, message, payload }) => {
      const { message: name, id, kind, from, method, task, ok, size, time: sentAt } = message
      const known = {
        message: name,
        id,
        kind,
        from,
        method,
        task,
        ok,
        size,
        sentAt,
        age: Math.max(0, time - sentAt),
      }
      const line = { time, host, bus, queue, service, ...known, payload }
      return `${JSON.stringify(line)}\n`
    })
    .join('')

import { formatClock, formatDuration, missing } from '@shared/units'
import type { BusSummary, ListenerState, QueueSummary } from '@shared/model/messages'
import type { Output } from './output'
import { columns } from './text'
import { visible } from './visible'

/** Whether somebody takes messages out of a queue, in words. */
export function listenerText(listener: ListenerState, now: number): string {
  switch (listener.kind) {
    case 'listening':
      return 'listening'
    case 'never-started':
      return 'never started'
    case 'unresponsive':
      return `unresponsive for ${formatDuration(Math.max(0, now - listener.since))}`
    case 'replies':
      return 'replies to a caller'
  }
}

/** Those that somebody has to look after, then the fullest. */
const inOrder = (queues: readonly QueueSummary[]): QueueSummary[] =>
  [...queues].sort((a, b) => b.depth - a.depth || (a.name < b.name ? -1 : 1))

/** The queues at a moment of our clock, the fullest first. */
export function queueTable(bus: BusSummary, time: number, paint: Output['paint']): string {
  const rows = inOrder(bus.queues).map(({ name, service, listener, depth, oldestAt, sent }) => [
    visible(name),
    visible(service ?? missing),
    visible(listenerText(listener, time)),
    String(depth),
    visible(oldestAt === null ? missing : formatDuration(Math.max(0, time - oldestAt))),
    String(sent),
  ])
  const titles = ['queue', 'service', 'listener', 'waiting', 'oldest', 'sent']
  const [header = '', ...lines] = columns(
    [titles, ...rows],
    ['left', 'left', 'left', 'right', 'right', 'right'],
  )
  const head = `${visible(bus.title)}  ${formatClock(time)}  ${bus.queues.length} queues`
  return `${[head, paint('strong', header), ...lines].join('\n')}\n`
}

/** One line of NDJSON for each queue. */
export const queueJson = (host: string, bus: BusSummary, time: number): string =>
  inOrder(bus.queues)
    .map((queue) => {
      const { name, service, listener, depth, oldestAt, sent } = queue
      const line = { time, host, bus: bus.name, queue: name, service, listener, depth, oldestAt, sent }
      return `${JSON.stringify(line)}\n`
    })
    .join('')

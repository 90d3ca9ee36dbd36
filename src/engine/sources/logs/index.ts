import type { SourceDescriptor } from '../source'
import { usualOptions, type LogsOptions } from './options'
import { LogsProbe } from './probe'
import { openLogs } from './running'

export type { LogsOptions } from './options'

/** Logs of any host: the files that its syslog daemon and services write, and its journal. */
export function createLogsSource(options: Partial<LogsOptions> = {}): SourceDescriptor {
  const chosen = { ...usualOptions, ...options }
  const probe = new LogsProbe(chosen)
  return {
    kind: 'logs',
    title: 'Logs',
    classes: {},
    probe: (context) => probe.probe(context),
    open: (context) => openLogs(chosen, probe, context),
  }
}

export const logsSource = createLogsSource()

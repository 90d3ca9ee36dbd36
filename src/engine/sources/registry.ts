import { linuxSource } from './linux'
import { logsSource } from './logs'
import { messageSwitchSource } from './message-switch'
import type { SourceDescriptor } from './source'
import { sysstatSource } from './sysstat'

/** Every kind of source the console knows. A new one is its folder and its line here. */
export const sources: readonly SourceDescriptor[] = [
  linuxSource,
  logsSource,
  messageSwitchSource,
  sysstatSource,
]

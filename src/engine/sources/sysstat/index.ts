import type { SourceDescriptor } from '../source'
import { usualOptions, type SysstatOptions } from './options'
import { SysstatProbe } from './probe'
import { openSysstat } from './running'

export type { SysstatOptions } from './options'

/** What sysstat had noted on a Linux host before the console came: history in front of the live metrics of `linux`. */
export function createSysstatSource(options: Partial<SysstatOptions> = {}): SourceDescriptor {
  const chosen = { ...usualOptions, ...options }
  const probe = new SysstatProbe(chosen)
  return {
    kind: 'sysstat',
    title: 'History by sysstat',
    classes: {},
    isSupplement: true,
    probe: (context) => probe.probe(context),
    open: (context) => openSysstat(chosen, probe, context),
  }
}

export const sysstatSource = createSysstatSource()

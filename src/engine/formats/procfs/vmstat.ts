import { KeyedNumbers } from './keyed-numbers'

const keys = ['pswpin', 'pswpout', 'pgmajfault'] as const

/** What is wanted of /proc/vmstat: pages swapped in and out, and major faults, all since boot. */
export type VmStat = KeyedNumbers<(typeof keys)[number]>

export const createVmStat = (): VmStat => new KeyedNumbers(keys)

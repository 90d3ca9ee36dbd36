import { numberAt, objectAt, objectsAt, type Json } from './report'

/** Gives a value of a metric, in its base unit; NaN where the record lacks it. */
export type Put = (metric: string, value: number) => void

const kib = 1_024
const percent = 0.01

/** Shares of time of all cores, or of one: names with a prefix for the host, as `linux` has them. */
export function putShares(row: Json, usage: string, prefix: string, put: Put): void {
  const field = (...names: string[]): number => numberAt(row, ...names) * percent
  const or0 = (value: number): number => (Number.isNaN(value) ? 0 : value)
  const idle = field('idle') + field('iowait')
  const guest = or0(field('guest'))
  const guestNice = or0(field('gnice'))
  const busy =
    field('usr') +
    field('nice') +
    field('sys') +
    or0(field('irq')) +
    or0(field('soft')) +
    or0(field('steal')) +
    guest +
    guestNice
  // A core that is off has zeros everywhere.
  if (!(busy + idle > 0.5)) return
  put(usage, busy)
  put(`${prefix}user`, field('usr') + guest)
  put(`${prefix}system`, field('sys'))
  put(`${prefix}iowait`, field('iowait'))
  put(`${prefix}steal`, field('steal'))
  if (prefix === '') return
  put(`${prefix}irq`, field('irq') + field('soft'))
  put(`${prefix}nice`, field('nice') + guestNice)
  put(`${prefix}guest`, field('guest') + guestNice)
}

/** What is not of one core, disk or interface. */
export function putHost(json: Json, pageSize: number, put: Put): void {
  const queue = objectAt(json, 'queue')
  put('load1', numberAt(queue, 'ldavg-1'))
  put('load5', numberAt(queue, 'ldavg-5'))
  put('load15', numberAt(queue, 'ldavg-15'))
  put('processes_running', numberAt(queue, 'runq-sz'))
  put('processes_blocked', numberAt(queue, 'blocked'))
  const switches = objectAt(json, 'process-and-context-switch')
  put('context_switches', numberAt(switches, 'cswch'))
  put('forks', numberAt(switches, 'proc'))
  const interrupts = objectsAt(json, 'interrupts').find((row) => row['intr'] === 'sum')
  put('interrupts', numberAt(interrupts ?? {}, 'all', 'value'))
  putMemory(objectAt(json, 'memory'), put)
  const swapping = objectAt(json, 'swap-pages')
  put('swap_in', numberAt(swapping, 'pswpin') * pageSize)
  put('swap_out', numberAt(swapping, 'pswpout') * pageSize)
  put('major_faults', numberAt(objectAt(json, 'paging'), 'majflt'))
  putPressure(objectAt(json, 'psi'), put)
}

function putMemory(memory: Json, put: Put): void {
  const total = totalMemory(memory)
  const available = numberAt(memory, 'avail')
  put('memory_total', total * kib)
  put('memory_used', (total - available) * kib)
  put('memory_available', available * kib)
  put('memory_free', numberAt(memory, 'memfree') * kib)
  put('memory_cached', numberAt(memory, 'cached') * kib)
  put('memory_buffers', numberAt(memory, 'buffers') * kib)
  put('memory_dirty', numberAt(memory, 'dirty') * kib)
  const swapUsed = numberAt(memory, 'swpused')
  put('swap_total', (numberAt(memory, 'swpfree') + swapUsed) * kib)
  put('swap_used', swapUsed * kib)
}

/**
 * KiB. What `memused` leaves out has changed: nothing but free memory before 11.7, caches and slabs too since then. The
 * percentage beside it tells which.
 */
function totalMemory(memory: Json): number {
  const used = numberAt(memory, 'memused')
  const share = numberAt(memory, 'memused-percent')
  const plain = used + numberAt(memory, 'memfree')
  const withCaches =
    plain + numberAt(memory, 'buffers') + numberAt(memory, 'cached') + numberAt(memory, 'slab')
  const fits = (total: number): boolean => Math.abs((used / total) * 100 - share) < 0.006
  return [plain, withCaches].find(fits) ?? NaN
}

function putPressure(psi: Json, put: Put): void {
  const of = (kind: string, scope: string): number => numberAt(objectAt(psi, kind), `${scope}_avg`) * percent
  put('pressure_cpu_some', of('psi-cpu', 'some'))
  put('pressure_memory_some', of('psi-mem', 'some'))
  put('pressure_memory_full', of('psi-mem', 'full'))
  put('pressure_io_some', of('psi-io', 'some'))
  put('pressure_io_full', of('psi-io', 'full'))
}

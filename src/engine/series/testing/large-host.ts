import type { MetricDescriptor, Units } from '@shared/model/metrics'
import type { MetricStore } from '../metric-store'

/** For tests and benches only: what a large host would tell, all of it made up. */
export const testInstances = 500
export const testMetrics = 20_000

/** 40 x 450 + 40 x 50 metrics. */
const kinds = [
  { class: 'VM', instances: 450, description: 'Virtual machines (test data)' },
  { class: 'VIF', instances: 50, description: 'Virtual interfaces (test data)' },
] as const
const metricsEach = 40
const units: readonly Units[] = ['ratio', 'bytes', 'bytes/s', 'seconds', 'requests/s', 'count']
const subjects = ['cpu', 'memory', 'disk', 'network', 'queue']
const aspects = ['usage', 'throughput', 'latency', 'errors', 'depth', 'read', 'write', 'total']

function descriptors(kind: string): MetricDescriptor[] {
  return Array.from({ length: metricsEach }, (_, at) => ({
    name: `${subjects[at % subjects.length] ?? ''}_${aspects[Math.floor(at / subjects.length)] ?? ''}`,
    units: units[at % units.length] ?? '',
    description: `Test data: number ${at} of each ${kind}, a sentence about as long as those of real sources`,
    type: 'gauge',
  }))
}

/** 500 instances with 20,000 metrics and two samples of each, all marked as test data. */
export function fillWithTestData(store: MetricStore, now = 1_700_000_000_000): void {
  const positions: number[] = []
  const group = store.group('test data', 'large', 5_000)
  for (const kind of kinds) {
    store.describe({ [kind.class]: kind.description })
    const metrics = descriptors(kind.class)
    for (let number = 0; number < kind.instances; number++) {
      const id = `test-${String(number).padStart(4, '0')}`
      const instance = { class: kind.class, id, name: `${kind.class.toLowerCase()} ${id}` }
      for (const metric of metrics) positions.push(group.add(instance, metric, { kind: 'gauge' }))
    }
  }
  for (const step of [1, 0]) {
    positions.forEach((at, index) => (group.raw[at] = (index % 997) / 997 + step))
    group.commit(now - step * 5_000, 1e6 - step * 5_000)
  }
}

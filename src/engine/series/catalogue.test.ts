import { catalogue as catalogueSchema, metricsOf, type MetricDescriptor } from '@shared/model/metrics'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { MetricStore } from './metric-store'
import { fillWithTestData, testInstances, testMetrics } from './testing/large-host'

const metric = fc.record({
  name: fc.string({ minLength: 1, maxLength: 4 }),
  units: fc.constantFrom<MetricDescriptor['units']>('bytes', 'ratio'),
  description: fc.constantFrom('', 'one', 'two'),
  type: fc.constantFrom<MetricDescriptor['type']>('gauge', 'counter'),
})

describe('the catalogue', () => {
  it('says of each instance exactly what its source told, whatever its metrics share with others', () => {
    const instances = fc.dictionary(
      fc.string({ minLength: 1, maxLength: 5 }),
      fc.uniqueArray(metric, { minLength: 1, maxLength: 6, selector: ({ name }) => name }),
    )
    fc.assert(
      fc.property(instances, (told) => {
        const store = new MetricStore()
        const group = store.group('test', 'fast', 1_000)
        for (const [id, metrics] of Object.entries(told))
          for (const one of metrics) group.add({ class: 'c', id, name: id }, one, { kind: 'gauge' })
        const [entry] = store.catalogue().classes
        const read = (entry?.instances ?? []).map((one) => [one.id, entry ? metricsOf(entry, one) : []])
        expect(Object.fromEntries(read)).toEqual({ ...told })
      }),
    )
  })

  it('tells each descriptor and each set of them once, of 20,000 metrics in 500 instances (test data)', () => {
    const store = new MetricStore()
    fillWithTestData(store)
    const { classes, revision } = store.catalogue()
    expect(revision).toBeGreaterThan(0)
    const instances = classes.flatMap((one) => one.instances.map((instance) => metricsOf(one, instance)))
    expect(instances).toHaveLength(testInstances)
    expect(instances.flat()).toHaveLength(testMetrics)
    for (const { metrics, sets } of classes) {
      expect(new Set(metrics.map((one) => JSON.stringify(one))).size).toBe(metrics.length)
      expect(new Set(sets.map(String)).size).toBe(sets.length)
    }
    // Told for each instance it was more than 3 MB.
    expect(JSON.stringify(classes).length).toBeLessThan(120_000)
    expect(v.is(catalogueSchema, { revision, classes })).toBe(true)
  })

  it('tells who waits for it when an instance comes or goes, and not when a sample does', () => {
    const store = new MetricStore()
    const group = store.group('test', 'fast', 1_000)
    const instance = { class: 'vm', id: 'a', name: 'a' }
    const descriptor: MetricDescriptor = { name: 'm', units: '', description: '', type: 'gauge' }
    const seen: number[] = []
    const look = (): number => seen.push(store.catalogueChanges.version)
    look()
    group.add(instance, descriptor, { kind: 'gauge' })
    look()
    group.commit(1_000, 1_000)
    look()
    group.remove(instance)
    look()
    expect(seen.map((version, at) => version > (seen[at - 1] ?? -1))).toEqual([true, true, false, true])
  })
})

import { metricsOf, type Catalogue, type InstanceEntry, type MetricDescriptor } from '@shared/model/metrics'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findExact, findFuzzy, fold, searchWords } from './metrics-search'
import { arranged, buildTree, type TreeRow } from './metrics-tree'

const metric = (name: string, description = ''): MetricDescriptor => ({
  name,
  units: 'ratio',
  description,
  type: 'gauge',
})
const instance = (id: string, changes: Partial<InstanceEntry> = {}): InstanceEntry => ({
  id,
  name: id,
  source: 'test',
  present: true,
  set: 0,
  ...changes,
})
const catalogue: Catalogue = {
  revision: 1,
  classes: [
    {
      name: 'host',
      description: 'The host as a whole',
      metrics: [metric('cpu'), metric('load1')],
      sets: [[0, 1]],
      instances: [instance('host')],
    },
    {
      name: 'network',
      description: 'Interfaces',
      metrics: [metric('receive', 'Bytes received'), metric('transmit')],
      sets: [[0, 1], [1]],
      instances: [
        instance('eth10'),
        instance('eth2', { present: false }),
        instance('eth1', { set: 1 }),
        instance('uuid-7', { name: 'eth9' }),
      ],
    },
  ],
}
const label = ({ class: entry, instance: of, metric: one }: TreeRow): string =>
  one?.name ?? of?.name ?? entry.name
const shown = (query: string, ...toggled: string[]): string[] =>
  buildTree(arranged(catalogue), searchWords(query), new Set(toggled)).rows.map(label)

describe('the catalogue as a tree', () => {
  it('has classes open, an only instance too, instances by name with those that are gone behind', () => {
    expect(shown('')).toEqual(['host', 'host', 'cpu', 'load1', 'network', 'eth1', 'eth9', 'eth10', 'eth2'])
    expect(shown('', 'host', 'network\neth1')).toEqual([
      'host',
      'network',
      'eth1',
      'transmit',
      'eth9',
      'eth10',
      'eth2',
    ])
  })

  it('counts what is closed, and places each row among its siblings', () => {
    const { rows, metrics } = buildTree(arranged(catalogue), [], new Set(['host', 'network']))
    expect(metrics).toBe(2 + 2 + 2 + 1 + 2)
    expect(rows.map(({ place, siblings, open }) => [place, siblings, open])).toEqual([
      [1, 2, false],
      [2, 2, false],
    ])
  })

  it('finds words of the class, the instance and the metric together, and opens what has hits', () => {
    expect(shown('net eth9 recv')).toEqual(['network', 'eth9', 'receive'])
    expect(shown('uuid-7 trans')).toEqual(['network', 'eth9', 'transmit'])
    expect(shown('bytes eth10')).toEqual(['network', 'eth10', 'receive'])
    expect(shown('eth9 cpu')).toEqual([])
  })

  it('finds exactly the metrics that a slow way finds', () => {
    const word = fc.constantFrom('eth', 'rec', 'host', 'cpu', '1', 'bytes', 'trnsmt', 'load', 'x')
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), (words) => {
        const slow = catalogue.classes.flatMap((entry) =>
          entry.instances.flatMap((one) =>
            metricsOf(entry, one).filter((of) =>
              words.every(
                (text) =>
                  [entry.name, one.name, one.id, of.name].some((name) => findFuzzy(fold(name), text)) ||
                  [entry.description, of.description].some((name) => findExact(fold(name), text)),
              ),
            ),
          ),
        )
        const { rows, metrics } = buildTree(catalogue, words, new Set())
        expect(metrics).toBe(slow.length)
        expect(rows.filter(({ level }) => level === 3)).toHaveLength(slow.length)
      }),
    )
  })
})

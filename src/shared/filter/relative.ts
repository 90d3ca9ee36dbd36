import type { FilterNode } from './ast'
import { readOperand, testValues } from './operand'

/** Does what matches change as time passes (`time:>-5m`, `age:>5s`)? Then rows are tested again. */
export function dependsOnTime(node: FilterNode): boolean {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.children.some(dependsOnTime)
    case 'not':
      return dependsOnTime(node.child)
    case 'field': {
      const { field, test } = node
      if (field.since !== undefined && test.op !== 'has') return true
      const bases = testValues(test).map((value) => readOperand(value, field.type)?.base)
      return bases.includes('now') || bases.includes('midnight')
    }
    case 'all':
    case 'text':
    case 'regex':
      return false
  }
}

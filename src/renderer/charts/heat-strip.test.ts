import { describe, expect, it } from 'vitest'
import { cellAt, describeCells, layOutCells } from './heat-strip'

const words = { one: 'core', many: 'cores' }
const nameOf = (index: number) => `core ${index}`

describe('layOutCells', () => {
  it('takes one row where the cells fit, more where they would be too narrow', () => {
    expect(layOutCells(8, { width: 200, height: 16 })).toMatchObject({ columns: 8, rows: 1, height: 16 })
    expect(layOutCells(256, { width: 200, height: 40 })).toMatchObject({ columns: 32, rows: 8 })
    expect(layOutCells(0, { width: 200, height: 16 }).rows).toBe(1)
  })

  it('finds the cell at a place', () => {
    const grid = layOutCells(256, { width: 200, height: 40 })
    expect(cellAt(grid, 256, 0, 0)).toBe(0)
    expect(cellAt(grid, 256, 199, 39)).toBe(255)
    expect(cellAt(grid, 256, 0, 6)).toBe(32)
    expect(cellAt(grid, 250, 199, 39)).toBe(-1)
    expect(cellAt(grid, 256, 500, 0)).toBe(-1)
  })
})

describe('describeCells', () => {
  it('says the mean and the busiest', () => {
    expect(describeCells([0.1, 0.97, 0.13, 0.2], words, nameOf)).toBe(
      '4 cores: mean 35 %, busiest core 1 at 97 %',
    )
    expect(describeCells([0.5], words, nameOf)).toBe('1 core: mean 50 %, busiest core 0 at 50 %')
  })

  it('says what is missing, and never takes it for zero', () => {
    expect(describeCells([null, 0.4, NaN], words, nameOf)).toBe(
      '3 cores: mean 40 %, busiest core 1 at 40 %, 2 without data',
    )
    expect(describeCells([null, null], words, nameOf)).toBe('2 cores: no data')
    expect(describeCells([], words, nameOf)).toBe('0 cores: no data')
  })
})

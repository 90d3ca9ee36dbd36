import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyedLines, rowsAfter, type LineRun } from './line-runs'
import { WantedLines } from './wanted-lines'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (content: Uint8Array | null): string | null =>
  content === null ? null : new TextDecoder().decode(content)

const runs: readonly LineRun[] = [
  keyedLines({ keys: ['intr '], fromStart: true, firstValue: true }),
  keyedLines({ keys: ['ctxt ', 'btime ', 'processes '] }),
]
const interrupts = ' 17'.repeat(400)
const stat = (cpu: number, intr: number, ctxt: number, shift = ''): string =>
  `cpu  ${cpu} 0 0\ncpu0 ${cpu} 0 0\nintr ${intr}${interrupts}${shift}\n` +
  `ctxt ${ctxt}\nbtime 1790000000\nprocesses 700\nsoftirq 1${interrupts}\n`
const wantedOf = (cpu: number, intr: number, ctxt: number): string =>
  `cpu  ${cpu} 0 0\ncpu0 ${cpu} 0 0\nintr ${intr}\nctxt ${ctxt}\nbtime 1790000000\nprocesses 700\n`

/** Reads what was asked for, as a server does: shorter at the end of the file. */
function read(wanted: WantedLines, file: string): string | null {
  const parts = wanted.parts()
  if (parts === null) throw new Error('no part is known')
  return text(wanted.take(parts.map(({ start, length }) => bytes(file).subarray(start, start + length))))
}

function learnt(file: string, of: readonly LineRun[] = runs): WantedLines {
  const wanted = new WantedLines(of)
  wanted.learn(bytes(file))
  return wanted
}

describe('the wanted lines of a file', () => {
  it('are not known before the whole was read', () => {
    expect(new WantedLines(runs).parts()).toBeNull()
  })

  it('are read in parts that hold little else, and come out whole', () => {
    const wanted = learnt(stat(1, 9, 5))
    const length = (wanted.parts() ?? []).reduce((sum, part) => sum + part.length, 0)
    expect(length).toBeLessThan(200)
    expect(read(wanted, stat(1, 9, 5))).toBe(wantedOf(1, 9, 5))
  })

  it('are followed as numbers grow, without reading the whole again', () => {
    const wanted = learnt(stat(1, 9, 5))
    let shift = ''
    for (let digits = 1; digits < 15; digits++) {
      shift += ' 9999'
      const value = 10 ** digits
      expect(read(wanted, stat(value, value, value, shift)), `${digits} digits`).toBe(
        wantedOf(value, value, value),
      )
    }
  })

  it('are never cut: any other file gives all of them or nothing', () => {
    const number = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
    const shift = fc.integer({ min: 0, max: 60 }).map((length) => ' 1'.repeat(length))
    fc.assert(
      fc.property(number, number, number, number, number, shift, (cpu, intr, ctxt, after, grown, more) => {
        const wanted = learnt(stat(cpu, intr, ctxt))
        const found = read(wanted, stat(after, grown, after, more))
        expect([null, wantedOf(after, grown, after)]).toContain(found)
      }),
      { numRuns: 500 },
    )
  })

  it('are looked for in the whole again where a part has lost them, and after three times for good', () => {
    const far = ' 1'.repeat(100)
    const wanted = learnt(stat(1, 1, 1))
    expect(read(wanted, stat(1, 1, 1, far))).toBeNull()
    expect(wanted.parts()).toBeNull()
    wanted.learn(bytes(stat(1, 1, 1, far)))
    expect(read(wanted, stat(1, 1, 1, far))).toBe(wantedOf(1, 1, 1))
    for (const lost of [1, 2, 3]) {
      wanted.learn(bytes(stat(1, 1, 1)))
      expect(read(wanted, stat(1, 1, 1, far)), `${lost}`).toBeNull()
    }
    wanted.learn(bytes(stat(1, 1, 1)))
    expect(wanted.parts()).toBeNull()
  })

  it('are the whole file where a run is missing, or where little would be saved', () => {
    expect(learnt(`cpu 1\nintr 5${interrupts}\n`).parts()).toBeNull()
    expect(learnt('cpu 1\nintr 5 1\nctxt 3\nbtime 4\nprocesses 5\n').parts()).toBeNull()
  })

  it('may lack a key that the kernel does not print, but not the one that is needed', () => {
    const rest = 'Other: 1 kB\n'.repeat(50)
    const memory = [keyedLines({ keys: ['Free:', 'New:', 'Dirty:'], needs: 'New:' })]
    expect(learnt(`Free: 1 kB\nDirty: 2 kB\n${rest}`, memory).parts()).toBeNull()
    const wanted = learnt(`Free: 1 kB\nNew: 3 kB\n${rest}`, memory)
    expect(read(wanted, `Free: 12 kB\nNew: 345 kB\n${rest}`)).toBe('Free: 12 kB\nNew: 345 kB\n')
  })

  describe('of a table', () => {
    const idle = 'loop0 0 0\nloop1 0 0\n'.repeat(5)
    const rows = [rowsAfter((line) => line.endsWith(' 0 0'))]

    it('are those behind the rows that say nothing', () => {
      const wanted = learnt(`${idle}sda 1 2\nloop2 0 0\n`, rows)
      expect(read(wanted, `${idle}sda 10 20\nloop2 0 0\n`)).toBe('sda 10 20\nloop2 0 0\n')
      expect(read(wanted, `${idle}sda 100 200\nloop2 0 0\n`)).toBe('sda 100 200\nloop2 0 0\n')
    })

    it.each([
      [
        'a skipped row says something',
        `loop0 0 0\nloop1 77 0\n${idle}`.slice(0, idle.length + 1) + '\nsda 1 2\n',
      ],
      ['many rows join', `${idle}sda 1 2\nsdb 1 2\nsdc 1 2\nsdd 1 2\n`],
      ['skipped rows leave', 'sda 1 2\n'],
      ['the last row is cut', `${idle}sda 1`],
    ])('are refused when %s', (_, file) => {
      expect(read(learnt(`${idle}sda 1 2\n`, rows), file)).toBeNull()
    })

    it('are the whole table where its first row counts', () => {
      expect(learnt(`sda 1 2\n${idle}`, rows).parts()).toBeNull()
    })
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CounterTable } from './counter-table'
import { diskStat, diskStatWidth, parseDiskStats } from './disk-stats'
import { netDev, netDevWidth, parseNetDev } from './net-dev'
import { cpuTime, ProcStat } from './stat'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const rowsOf = (table: CounterTable): Record<string, number[]> =>
  Object.fromEntries(
    Array.from({ length: table.rows }, (_, row) => [
      table.name(row),
      Array.from({ length: table.width }, (_, column) => table.get(row, column)),
    ]),
  )
const padded = (values: number[], width: number): number[] => [
  ...values,
  ...Array.from({ length: width - values.length }, () => NaN),
]
const slowInteger = (field: string): number =>
  /^\d+$/.test(field) && Number(field) <= 2 ** 64 ? Number(field) : NaN

describe('/proc/stat', () => {
  const parse = (text: string): ProcStat => {
    const stat = new ProcStat()
    stat.parse(bytes(text))
    return stat
  }

  it('reads cores and scalars, and not the long line of interrupts', () => {
    const stat = parse(
      `cpu  10 20 30 40 50 60 70 80 90 100\ncpu0 1 2 3 4 5 6 7 8 9 10\ncpu12 1 2 3 4 5 6 7 8 9 11\n` +
        `intr 372524 ${'0 '.repeat(5_000)}\nctxt 792603\nbtime 1795342917\nprocesses 9800\n` +
        `procs_running 2\nprocs_blocked 3\nsoftirq 204201 0 24254\n`,
    )
    expect(rowsOf(stat.cpus)).toEqual({
      cpu: [10, 20, 30, 40, 50, 60, 70, 80, 90, 100],
      cpu0: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      cpu12: [1, 2, 3, 4, 5, 6, 7, 8, 9, 11],
    })
    expect(stat).toMatchObject({
      interrupts: 372524,
      contextSwitches: 792603,
      bootTime: 1795342917,
      forks: 9800,
      running: 2,
      blocked: 3,
    })
  })

  it('leaves NaN where an old kernel prints fewer columns (2.6.10: no steal, no guest)', () => {
    const { cpus } = parse('cpu  10 20 30 40 50 60 70\ncpu0 10 20 30 40 50 60 70\nctxt 5\n')
    expect(cpus.get(1, cpuTime.softirq)).toBe(70)
    expect(cpus.get(1, cpuTime.steal)).toBeNaN()
    expect(cpus.get(1, cpuTime.guest)).toBeNaN()
    expect(cpus.get(9, cpuTime.user)).toBeNaN()
  })

  it('follows cores that go offline and come back', () => {
    const stat = parse('cpu 3 0 0 1\ncpu0 1 0 0 1\ncpu1 2 0 0 0\n')
    stat.parse(bytes('cpu 3 0 0 2\ncpu1 3 0 0 0\n'))
    expect(Object.keys(rowsOf(stat.cpus))).toEqual(['cpu', 'cpu1'])
    stat.parse(bytes('cpu 3 0 0 2\ncpu0 1 0 0 1\ncpu1 4 0 0 0\n'))
    expect(rowsOf(stat.cpus)['cpu1']?.[0]).toBe(4)
    expect(rowsOf(stat.cpus)['cpu0']?.[0]).toBe(1)
  })
})

describe('/proc/diskstats', () => {
  const parse = (text: string): CounterTable => {
    const table = new CounterTable(diskStatWidth)
    parseDiskStats(bytes(text), table)
    return table
  }
  const fourteen = '   8       0 sda 1 2 3 4 5 6 7 8 9 10 11'

  it('reads 14, 18 and 20 fields (2.6, 4.18, 5.5)', () => {
    const eleven = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    expect(rowsOf(parse(`${fourteen}\n`))).toEqual({ sda: padded(eleven, diskStatWidth) })
    expect(rowsOf(parse(`${fourteen} 12 13 14 15\n`))).toEqual({
      sda: padded([...eleven, 12, 13, 14, 15], diskStatWidth),
    })
    expect(rowsOf(parse(`${fourteen} 12 13 14 15 16 17`))).toEqual({
      sda: [...eleven, 12, 13, 14, 15, 16, 17],
    })
  })

  it('takes fields of later kernels than it knows', () => {
    expect(parse(`${fourteen} 12 13 14 15 16 17 18 19\n`).get(0, diskStat.flushMilliseconds)).toBe(17)
  })

  it('reads the four fields of a partition before 2.6.25', () => {
    const table = parse('   8    1 sda1 100 800 50 400\n')
    expect(table.get(0, diskStat.reads)).toBe(100)
    expect(table.get(0, diskStat.sectorsRead)).toBe(800)
    expect(table.get(0, diskStat.writes)).toBe(50)
    expect(table.get(0, diskStat.sectorsWritten)).toBe(400)
    expect(table.get(0, diskStat.readMilliseconds)).toBeNaN()
  })

  it('reads names with a slash, and grows with the number of devices', () => {
    expect(parse(' 104 0 cciss/c0d0 1 2 3 4 5 6 7 8 9 10 11').name(0)).toBe('cciss/c0d0')
    const many = Array.from({ length: 300 }, (_, index) => ` 253 ${index} dm-${index} ${index} 0 7`).join(
      '\n',
    )
    const table = parse(many)
    expect(table.rows).toBe(300)
    expect(table.get(299, diskStat.reads)).toBe(299)
    expect(table.get(5, diskStat.sectorsRead)).toBe(7)
  })

  it('keeps no values of an earlier content', () => {
    const table = parse(`${fourteen}\n`)
    parseDiskStats(bytes('8 0 sdb 9\n'), table)
    expect(rowsOf(table)).toEqual({ sdb: padded([9], diskStatWidth) })
    parseDiskStats(bytes(''), table)
    expect(table.rows).toBe(0)
    expect(table.get(0, 0)).toBeNaN()
  })

  it('agrees with strings', () => {
    const field = fc.oneof({ weight: 9, arbitrary: fc.nat().map(String) }, fc.constantFrom('-1', 'x', '1.0'))
    const line = fc.tuple(fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/), fc.array(field, { maxLength: 20 }))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const table = parse(lines.map(([name, fields]) => `  8   0 ${name} ${fields.join(' ')}`).join('\n'))
        expect(table.rows).toBe(lines.length)
        lines.forEach(([name, fields], row) => {
          expect(table.name(row)).toBe(name)
          if (fields.length === 4) return
          for (let column = 0; column < diskStatWidth; column++) {
            expect(table.get(row, column)).toBe(slowInteger(fields[column] ?? ''))
          }
        })
      }),
    )
  })
})

describe('/proc/net/dev', () => {
  const parse = (text: string): CounterTable => {
    const table = new CounterTable(netDevWidth)
    parseNetDev(bytes(text), table)
    return table
  }
  const head =
    'Inter-|   Receive                            |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n'
  const sixteen = Array.from({ length: 16 }, (_, index) => index + 1)

  it('skips the heading; the first number may be glued to the name', () => {
    const table = parse(`${head}    lo: ${sixteen.join('   ')}\n  eth0:${sixteen.join(' ')}\nvif1.0:9 8\n`)
    expect(rowsOf(table)).toEqual({ lo: sixteen, eth0: sixteen, 'vif1.0': padded([9, 8], netDevWidth) })
    expect(table.get(0, netDev.transmitDrops)).toBe(12)
  })

  it('ends the name at the last colon, for alias names of old kernels', () => {
    expect(rowsOf(parse(`${head}eth0:1: 5 6\neth0:2:7\n`))).toEqual({
      'eth0:1': padded([5, 6], netDevWidth),
      'eth0:2': padded([7], netDevWidth),
    })
  })

  it('reads 64 bits as far as a double holds them', () => {
    expect(parse(`${head}eth0: 18446744073709551615 1\n`).get(0, netDev.receiveBytes)).toBe(2 ** 64)
  })

  it('agrees with strings', () => {
    const line = fc.tuple(
      fc.stringMatching(/^[a-z][a-z0-9.@-]{0,14}$/),
      fc.array(fc.bigInt({ min: 0n, max: 2n ** 53n }), { minLength: 1, maxLength: 18 }),
      fc.constantFrom('', ' ', '     '),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const text = lines.map(([name, values, gap]) => `  ${name}:${gap}${values.join(' ')}\n`).join('')
        const table = parse(head + text)
        expect(table.rows).toBe(lines.length)
        lines.forEach(([name, values], row) => {
          expect(table.name(row)).toBe(name)
          for (let column = 0; column < netDevWidth; column++) {
            expect(table.get(row, column)).toBe(Number(values[column] ?? NaN))
          }
        })
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeyedNumbers } from './keyed-numbers'
import { LoadAverage, parseUptime } from './load'
import { MemoryInfo } from './meminfo'
import { Pressure } from './pressure'
import { createVmStat } from './vmstat'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const kib = 1024

/** CentOS 6 (2.6.32): no MemAvailable. */
const oldMeminfo = `MemTotal:        1020120 kB
MemFree:          601000 kB
Buffers:           21000 kB
Cached:           200000 kB
SwapCached:            0 kB
Active:           150000 kB
Inactive:         160000 kB
Active(anon):      80000 kB
Inactive(anon):      400 kB
Active(file):      70000 kB
Inactive(file):   159600 kB
SwapTotal:       2064376 kB
SwapFree:        2060000 kB
Dirty:                60 kB
Slab:              60000 kB
SReclaimable:      30000 kB
SUnreclaim:        30000 kB
`

describe('/proc/meminfo', () => {
  const parse = (text: string): MemoryInfo => {
    const memory = new MemoryInfo()
    memory.parse(bytes(text))
    return memory
  }

  it('gives bytes, and the kernel’s own estimate of available memory', () => {
    const memory = parse('MemTotal:       24684096 kB\nMemFree:  24368040 kB\nMemAvailable:   24347212 kB\n')
    expect(memory.get('MemTotal')).toBe(24684096 * kib)
    expect(memory.available).toBe(24347212 * kib)
    expect(memory.get('SwapTotal')).toBeNaN()
  })

  it('estimates available memory as free(1) does where the kernel does not', () => {
    const memory = parse(oldMeminfo)
    expect(memory.available).toBeNaN()
    memory.minimumFree = 4_000 * kib
    const low = 5_000
    expect(memory.available).toBe((601_000 - low + 229_600 - low + 30_000 - low) * kib)
  })

  it('never estimates less than nothing', () => {
    const memory = parse(oldMeminfo.replace('601000', '1000').replace('70000', '0').replace('159600', '0'))
    memory.minimumFree = 4_000_000 * kib
    expect(memory.available).toBe(0)
  })
})

describe('KeyedNumbers', () => {
  it('finds whole keys only, in any order, with and without colon', () => {
    const numbers = new KeyedNumbers(['Cached', 'Active', 'Active(file)'])
    numbers.parse(bytes('SwapCached: 1 kB\nActive(file): 2 kB\nCachedX 3\nCached: 4 kB\nActive 5\n'))
    expect([numbers.get('Cached'), numbers.get('Active'), numbers.get('Active(file)')]).toEqual([4, 5, 2])
    numbers.parse(bytes('Cached: 9'))
    expect([numbers.get('Cached'), numbers.get('Active')]).toEqual([9, NaN])
  })

  it('agrees with strings on any lines', () => {
    const keys = ['ab', 'abc', 'b', 'pgmajfault'] as const
    const line = fc.tuple(
      fc.oneof(fc.constantFrom(...keys), fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 4 })),
      fc.constantFrom(' ', ': ', ':\t'),
      fc.oneof(fc.nat().map(String), fc.constantFrom('', 'x', '-1')),
    )
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const numbers = new KeyedNumbers(keys)
        numbers.parse(bytes(lines.map((parts) => parts.join('')).join('\n')))
        for (const key of keys) {
          const first = lines.find(([name, , value]) => name === key && /^\d+$/.test(value))
          expect(numbers.get(key)).toBe(first === undefined ? NaN : Number(first[2]))
        }
      }),
    )
  })

  it('reads what is wanted of /proc/vmstat', () => {
    const vm = createVmStat()
    vm.parse(bytes('nr_free_pages 6092010\npswpin 5\npswpout 6\npgfault 100\npgmajfault 1076\n'))
    expect([vm.get('pswpin'), vm.get('pswpout'), vm.get('pgmajfault')]).toEqual([5, 6, 1076])
  })
})

describe('/proc/pressure', () => {
  const parse = (text: string): Pressure => {
    const pressure = new Pressure()
    pressure.parse(bytes(text))
    return pressure
  }

  it('reads both lines, or the one that there is (CPU before 5.13)', () => {
    const line = 'avg10=2.43 avg60=1.76 avg300=1.52 total='
    expect(parse(`some ${line}33293335\nfull ${line}12\n`)).toMatchObject({ some: 33293335, full: 12 })
    expect(parse(`some ${line}5\n`)).toMatchObject({ some: 5, full: NaN })
    expect(parse('some avg10=0.00\nfull total=x\nsomewhat total=4\n')).toMatchObject({ some: NaN, full: NaN })
  })
})

describe('/proc/loadavg and /proc/uptime', () => {
  it('reads them', () => {
    const load = new LoadAverage()
    load.parse(bytes('0.05 12.50 100.99 1/93 9800\n'))
    expect([load.one, load.five, load.fifteen]).toEqual([0.05, 12.5, 100.99])
    load.parse(bytes('garbage'))
    expect([load.one, load.five, load.fifteen]).toEqual([NaN, NaN, NaN])
    expect(parseUptime(bytes('1017.79 1806.99\n'))).toBe(1017.79)
    expect(parseUptime(bytes(''))).toBeNaN()
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAuxiliaryVector } from './auxiliary-vector'
import { CounterTable } from './counter-table'
import { parseCpuInfo } from './cpuinfo'
import { diskStatWidth, parseDiskStats } from './disk-stats'
import { LoadAverage, parseUptime } from './load'
import { MemoryInfo } from './meminfo'
import { parseMounts } from './mounts'
import { netDevWidth, parseNetDev } from './net-dev'
import { parseOsRelease } from './os-release'
import { Pressure } from './pressure'
import { parseProcessStat } from './process-stat'
import { ProcStat } from './stat'
import { createVmStat } from './vmstat'

const encoder = new TextEncoder()

/** Bytes of any kind, and bytes that nearly look like /proc. */
const pieces = fc.constantFrom(
  ' ',
  '  ',
  '\t',
  '\n',
  ':',
  '(',
  ')',
  '0',
  '12',
  '18446744073709551615',
  '-1',
  '0.5',
  'cpu',
  'cpu0',
  'intr',
  'ctxt',
  'sda',
  'eth0:',
  'MemTotal:',
  'pswpin',
  'some',
  'full',
  'total=',
  'PRETTY_NAME="',
  'R',
  '\\040',
  '/dev/sda1',
  'é',
  '\0',
)
const content = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc.array(pieces, { maxLength: 80 }).map((parts) => encoder.encode(parts.join(''))),
)

const diskTable = new CounterTable(diskStatWidth)
const netTable = new CounterTable(netDevWidth)
const stat = new ProcStat()
const parsers: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  stat: (bytes) => stat.parse(bytes),
  diskstats: (bytes) => parseDiskStats(bytes, diskTable),
  'net/dev': (bytes) => parseNetDev(bytes, netTable),
  meminfo: (bytes) => new MemoryInfo().parse(bytes),
  vmstat: (bytes) => createVmStat().parse(bytes),
  pressure: (bytes) => new Pressure().parse(bytes),
  loadavg: (bytes) => new LoadAverage().parse(bytes),
  uptime: parseUptime,
  'pid/stat': parseProcessStat,
  mounts: parseMounts,
  cpuinfo: parseCpuInfo,
  'os-release': parseOsRelease,
  auxv: parseAuxiliaryVector,
}

describe('no bytes make a parser throw or hang', () => {
  for (const [name, parse] of Object.entries(parsers)) {
    it(name, () => {
      fc.assert(
        fc.property(content, (bytes) => {
          const before = bytes.slice()
          parse(bytes)
          expect(bytes).toEqual(before)
        }),
        { numRuns: 500 },
      )
    })
  }

  it('counters are numbers of the kernel’s range or NaN, and names are not empty', () => {
    fc.assert(
      fc.property(content, (bytes) => {
        parseDiskStats(bytes, diskTable)
        parseNetDev(bytes, netTable)
        stat.parse(bytes)
        for (const table of [diskTable, netTable, stat.cpus]) {
          for (let row = 0; row < table.rows; row++) {
            expect(table.name(row).length).toBeGreaterThan(0)
            for (let column = 0; column < table.width; column++) {
              const value = table.get(row, column)
              expect(Number.isNaN(value) || (value >= 0 && value <= 2 ** 64)).toBe(true)
            }
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAuxiliaryVector } from './auxiliary-vector'
import { parseCpuInfo } from './cpuinfo'
import { parseMounts } from './mounts'
import { parseOsRelease } from './os-release'
import { parseProcessStat } from './process-stat'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('/proc/<pid>/stat', () => {
  const rest = '1 2 3 34816 5 4194304 10 0 1 0 250 50 7 8 20 0 4 0 7000 3133440 383 18446744073709551615 1 1'

  it('reads CPU time, threads, start and resident pages', () => {
    expect(parseProcessStat(bytes(`9800 (cat) R ${rest}\n`))).toEqual({
      pid: 9800,
      name: 'cat',
      state: 'R',
      ticks: 300,
      threads: 4,
      startTime: 7000,
      residentPages: 383,
    })
  })

  it('takes negative fields among those it skips (tty, priority, nice of a real-time task)', () => {
    const realTime = '2 0 0 -1 -1 69238880 0 0 0 0 3 4 0 0 -100 -20 1 0 12 0 0'
    expect(parseProcessStat(bytes(`17 (migration/0) S ${realTime}`))).toMatchObject({ ticks: 7, threads: 1 })
  })

  it('takes names with blanks, parentheses, and bytes that are no UTF-8', () => {
    for (const name of ['Web Content', 'a) R (b', '((sd-pam))', ')', '', 'x) S 1 2 3 4 (']) {
      expect(parseProcessStat(bytes(`1 (${name}) S ${rest}`))).toMatchObject({
        pid: 1,
        name,
        state: 'S',
        ticks: 300,
      })
    }
    const broken = Uint8Array.from([...bytes('1 ('), 0xff, 0xfe, ...bytes(`) S ${rest}`)])
    expect(parseProcessStat(broken)).toMatchObject({ name: '\ufffd\ufffd', threads: 4 })
  })

  it('agrees with strings for any name', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 15 }), fc.nat(), fc.nat(), fc.nat(), (name, user, system, pages) => {
        const line = `42 (${name}) D 1 2 3 0 -1 5 6 7 8 9 ${user} ${system} 0 0 20 0 3 0 99 1000 ${pages} 5`
        expect(parseProcessStat(bytes(line))).toEqual({
          pid: 42,
          name: new TextDecoder().decode(bytes(name)),
          state: 'D',
          ticks: user + system,
          threads: 3,
          startTime: 99,
          residentPages: pages,
        })
      }),
    )
  })

  it('is null for what is no such line', () => {
    for (const text of [
      '',
      '1',
      '1 (x',
      '1 x) S',
      ')(',
      `x (y) S ${rest}`,
      '1 (y) S 1 2 3',
      `1 (y) ${rest}`,
    ]) {
      expect(parseProcessStat(bytes(text)), text).toBeNull()
    }
  })
})

describe('/proc/self/mounts', () => {
  it('unescapes names and keeps the order', () => {
    expect(
      parseMounts(
        bytes(
          '/dev/sda1 / ext4 rw,relatime 0 0\n' +
            '/dev/sdb1 /media/My\\040Disk\\011\\134\\043x vfat rw 0 0\nhalf a line\n//nas/a\\040b /mnt cifs ro 0 0\n',
        ),
      ),
    ).toEqual([
      { source: '/dev/sda1', point: '/', type: 'ext4', options: ['rw', 'relatime'] },
      { source: '/dev/sdb1', point: '/media/My Disk\t\\#x', type: 'vfat', options: ['rw'] },
      { source: '//nas/a b', point: '/mnt', type: 'cifs', options: ['ro'] },
    ])
  })

  it('undoes the kernel’s escapes of any name', () => {
    const escape = (name: string): string =>
      name.replace(/[ \t\n\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`)
    const name = fc.string({
      unit: fc.constantFrom('a', '0', '4', ' ', '\\', '\n', '\t', '#', 'é'),
      minLength: 1,
    })
    fc.assert(
      fc.property(name, name, (source, point) => {
        const mounts = parseMounts(bytes(`${escape(source)} ${escape(point)} ext4 rw 0 0\n`))
        expect(mounts).toEqual([{ source, point, type: 'ext4', options: ['rw'] }])
      }),
    )
  })
})

describe('/proc/cpuinfo', () => {
  it('reads x86', () => {
    const core = 'model name\t: AMD  EPYC 7543\nflags\t\t: fpu vme hypervisor lahf_lm\n\n'
    expect(parseCpuInfo(bytes(`processor\t: 0\n${core}processor\t: 1\n${core}`))).toEqual({
      cores: 2,
      model: 'AMD EPYC 7543',
      hypervisor: true,
    })
    expect(parseCpuInfo(bytes('processor: 0\nflags: fpu\n')).hypervisor).toBe(false)
  })

  it('reads other architectures as far as they tell', () => {
    expect(
      parseCpuInfo(bytes('processor : 0\nBogoMIPS : 50.00\nFeatures : fp asimd\nCPU implementer : 0x41\n')),
    ).toEqual({
      cores: 1,
      model: null,
      hypervisor: null,
    })
    expect(parseCpuInfo(bytes('processor : 0\ncpu : POWER9 (raw), altivec supported\n')).model).toMatch(
      /^POWER9/,
    )
    expect(
      parseCpuInfo(bytes('vendor_id : IBM/S390\nprocessor 0: version = FF\nprocessor 1: version = FF\n'))
        .cores,
    ).toBe(2)
    expect(parseCpuInfo(bytes(''))).toEqual({ cores: null, model: null, hypervisor: null })
  })
})

describe('/etc/os-release', () => {
  it('prefers the pretty name and takes quotes off', () => {
    expect(parseOsRelease(bytes('NAME="XCP-ng"\nVERSION="8.3.0"\nPRETTY_NAME="XCP-ng 8.3.0"\n'))).toBe(
      'XCP-ng 8.3.0',
    )
    expect(parseOsRelease(bytes("NAME='Arch Linux'\nVERSION=\n"))).toBe('Arch Linux')
    expect(parseOsRelease(bytes('NAME=Alpine\nVERSION="3 \\"x\\""'))).toBe('Alpine 3 "x"')
    expect(parseOsRelease(bytes('# nothing\n'))).toBeNull()
  })
})

describe('auxiliary vector', () => {
  const vector = (wordSize: 4 | 8, littleEndian: boolean, pairs: [number, number][]): Uint8Array => {
    const view = new DataView(new ArrayBuffer(pairs.length * 2 * wordSize))
    pairs.flat().forEach((word, index) => {
      if (wordSize === 8) view.setBigUint64(index * 8, BigInt(word), littleEndian)
      else view.setUint32(index * 4, word, littleEndian)
    })
    return new Uint8Array(view.buffer)
  }

  it('is read in every word size and byte order', () => {
    for (const wordSize of [4, 8] as const) {
      for (const littleEndian of [true, false]) {
        const bytes = vector(wordSize, littleEndian, [
          [33, 4_026_540_032],
          [16, 395_049_983],
          [6, 65_536],
          [17, 100],
          [3, 4_160_765_952],
          [0, 0],
        ])
        expect(parseAuxiliaryVector(bytes)).toEqual({ pageSize: 65_536, ticksPerSecond: 100 })
      }
    }
  })

  it('is null where a part is missing or makes no sense', () => {
    expect(parseAuxiliaryVector(vector(8, true, [[6, 4_096]]))).toBeNull()
    expect(
      parseAuxiliaryVector(
        vector(8, true, [
          [6, 5_000],
          [17, 100],
        ]),
      ),
    ).toBeNull()
    expect(parseAuxiliaryVector(new Uint8Array(7))).toBeNull()
  })
})

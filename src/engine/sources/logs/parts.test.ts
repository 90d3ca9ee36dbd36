import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { longestLine } from '../../formats/logs'
import { createLocalTransport } from '../../transports/local'
import { logNames } from './candidates'
import { hostTime } from './host-time'
import { LineBatches } from './line-batches'
import { isBinary } from './look-at-file'
import { landmarkLength, placeAfter, startOfFile } from './places'
import { linesBefore } from './read-back'
import { rotatedNames } from './rotated'

const signal = new AbortController().signal

describe('batches of lines', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 30 }).map((text) => text.replaceAll('\n', '')),
    fc.constantFrom('', '\r', 'x'.repeat(longestLine), 'y'.repeat(longestLine + 1), 'z'.repeat(200_000)),
  )

  it('hold what a plain split gives, however the bytes are parted', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 8 }),
        fc.array(fc.nat(100_000), { maxLength: 10 }),
        (lines, sizes) => {
          const bytes = Buffer.from(lines.map((one) => `${one}\n`).join(''))
          const batches = new LineBatches()
          const got: { text: string; length: number }[] = []
          for (let at = 0, index = 0; at < bytes.length; index++) {
            const size = (sizes[index % Math.max(1, sizes.length)] ?? 5_000) + 1
            const batch = batches.push(bytes.subarray(at, at + size))
            at += size
            let start = 0
            for (let row = 0; row < (batch?.count ?? 0); row++) {
              const end = batch?.ends[row] ?? 0
              const text = Buffer.from(batch?.bytes.subarray(start, end) ?? []).toString()
              got.push({ text, length: batch?.cut?.get(row) ?? end - start - 1 })
              start = end
            }
          }
          expect(batches.pending).toBe(0)
          expect(got).toEqual(
            lines.map((one) => {
              const whole = Buffer.from(one)
              return { text: `${whole.subarray(0, longestLine).toString()}\n`, length: whole.length }
            }),
          )
        },
      ),
      { numRuns: 200 },
    )
  })

  it('give a last line without its end when the file has ended', () => {
    const batches = new LineBatches()
    expect(batches.push(Buffer.from('half'))).toBeNull()
    expect(batches.pending).toBe(4)
    const batch = batches.flush()
    expect(Buffer.from(batch?.bytes ?? []).toString()).toBe('half\n')
    expect(batches.flush()).toBeNull()
  })
})

describe('reading backwards', () => {
  it('finds the last lines, as many as are there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'xcp-back-'))
    const transport = createLocalTransport()
    onTestFinished(async () => {
      await transport.close()
      rmSync(folder, { recursive: true })
    })
    const path = join(folder, 'file')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(200_000), { maxLength: 6 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 8 }),
        async (lengths, isEnded, wanted) => {
          const lines = lengths.map((length, index) => `${index}`.padEnd(length, '.'))
          const text = lines.join('\n') + (isEnded && lines.length > 0 ? '\n' : '')
          writeFileSync(path, text)
          const file = await transport.openForReading(path)
          const { start, bytes } = await linesBefore(file, text.length, wanted, signal)
          await file.close()
          const kept = text.split('\n').slice(0, isEnded ? -1 : undefined)
          const expected = kept.slice(-wanted).join('\n') + (isEnded && lines.length > 0 ? '\n' : '')
          // An empty last line that has not ended is no line yet.
          if (!text.endsWith('\n\n') && (isEnded || lines.at(-1) !== '')) {
            expect(Buffer.from(bytes).toString()).toBe(expected)
          }
          expect(start).toBe(text.length - bytes.length)
        },
      ),
      { numRuns: 60 },
    )
  })
})

it('a place keeps the last bytes, however they came', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 120 }), { maxLength: 10 }), (chunks) => {
      let place = startOfFile('x')
      for (const chunk of chunks) place = placeAfter(place, chunk)
      const all = Buffer.concat(chunks)
      expect(place).toMatchObject({ position: all.length, identity: 'x' })
      expect(Buffer.compare(place.bytes, all.subarray(-landmarkLength))).toBe(0)
      expect(place.from).toBe(all.length - place.bytes.length)
    }),
  )
})

it('rotated files are put in the order of their age', () => {
  const names = ['messages', 'messages.10.gz', 'messages.2.gz', 'messages.1', 'messages.log', 'messages.old']
  expect(rotatedNames(names, 'messages')).toEqual([
    'messages.1',
    'messages.2.gz',
    'messages.10.gz',
    'messages.old',
  ])
  const dated = ['secure-20261101', 'secure-20261115.gz', 'secure', 'secure-notes', 'secured.1']
  expect(rotatedNames(dated, 'secure')).toEqual(['secure-20261115.gz', 'secure-20261101'])
})

it('logs are told from other files by their names, those of XCP first', () => {
  const names = ['wtmp', 'z.log', 'a.log', 'a.log.1', 'b.log.gz', 'SMlog', 'journal', 'syslog', '.x.log']
  expect(logNames([...names, 'xensource.log', 'xensource.log.1', 'kern.log-20261101'])).toEqual([
    'xensource.log',
    'SMlog',
    'syslog',
    'a.log',
    'z.log',
  ])
})

it('the zone and the start of a host are read as far as it tells them', () => {
  expect(hostTime('+0530\n/usr/share/zoneinfo/Asia/Kolkata\nbtime 1790000000\n')).toEqual({
    hostUtcOffsetMinutes: 330,
    hostTimeZone: 'Asia/Kolkata',
    bootTime: 1_790_000_000_000,
  })
  expect(hostTime('-0330\n/etc/localtime\n')).toEqual({ hostUtcOffsetMinutes: -210 })
  expect(hostTime('date: command not found\n')).toEqual({ hostUtcOffsetMinutes: null })
})

it('text is told from binary data, in any encoding', () => {
  expect(isBinary(Buffer.from('Grüße\t\u001b[31mred\u001b[0m\r\n'))).toBe(false)
  expect(isBinary(Buffer.from('Gr\xfc\xdfe aus Z\xfcrich', 'latin1'))).toBe(false)
  expect(isBinary(new Uint8Array(0))).toBe(false)
  expect(isBinary(Buffer.alloc(384))).toBe(true)
  expect(isBinary(Buffer.from(Array.from({ length: 500 }, (_, index) => (index * 37) & 0xff)))).toBe(true)
})

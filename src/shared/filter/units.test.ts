import { describe, expect, it } from 'vitest'
import { levelRank } from './levels'
import { readTime } from './times'
import { readDuration, readNumber, readSize } from './units'

describe('units', () => {
  it.each([
    ['500ms', 500],
    ['2s', 2_000],
    ['1.5s', 1_500],
    ['.5s', 500],
    ['250us', 0.25],
    ['250µs', 0.25],
    ['100ns', 0.0001],
    ['5m', 300_000],
    ['5min', 300_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1w', 604_800_000],
    ['-5m', -300_000],
    ['+5m', 300_000],
    ['0', 0],
    ['5', undefined],
    ['5M', undefined],
    ['s', undefined],
    ['5s5', undefined],
    ['', undefined],
    ['-', undefined],
    ['1h-30m', undefined],
  ])('duration %s is %s ms', (text, value) => {
    const read = readDuration(text)
    if (value === undefined) expect(read).toBeUndefined()
    else expect(read).toBeCloseTo(value, 9)
  })

  it.each([
    ['512', 512],
    ['512B', 512],
    ['10KiB', 10_240],
    ['10kib', 10_240],
    ['64k', 65_536],
    ['64K', 65_536],
    ['1.5MiB', 1_572_864],
    ['2kB', 2_000],
    ['2MB', 2_000_000],
    ['1GiB', 1_073_741_824],
    ['1T', 1_099_511_627_776],
    ['-1', -1],
    ['KiB', undefined],
    ['5s', undefined],
    ['', undefined],
  ])('size %s is %s bytes', (text, value) => {
    expect(readSize(text)).toBe(value)
  })

  it.each([
    ['5', 5],
    ['-5.25', -5.25],
    ['1e3', 1_000],
    ['0x1F', 31],
    ['50%', 0.5],
    ['+.5', 0.5],
    ['1e999', undefined],
    ['5a', undefined],
    ['', undefined],
    ['%', undefined],
    ['Infinity', undefined],
  ])('number %s is %s', (text, value) => {
    expect(readNumber(text)).toBe(value)
  })

  it.each([
    ['emerg', 7],
    ['panic', 7],
    ['alert', 6],
    ['crit', 5],
    ['critical', 5],
    ['err', 4],
    ['ERROR', 4],
    ['warn', 3],
    ['Warning', 3],
    ['notice', 2],
    ['info', 1],
    ['debug', 0],
    ['trace', 0],
    ['fatal', 5],
    ['audit', 1],
    ['E', 4],
    [3, 4],
    ['loud', undefined],
    [8, undefined],
    ['constructor', undefined],
  ])('level %s ranks %s', (level, rank) => {
    expect(levelRank(level)).toBe(rank)
  })

  const noon = Date.UTC(2026, 1, 3, 12)
  it.each([
    ['-5m', 'now', -300_000, 0],
    ['now', 'now', 0, 0],
    ['now-1h30m', 'now', -5_400_000, 0],
    ['now+1s', 'now', 1_000, 0],
    ['12:30', 'midnight', 45_000_000, 60_000],
    ['12:30:05', 'midnight', 45_005_000, 1_000],
    ['12:30:05.5', 'midnight', 45_005_500, 100],
    ['2026-02-03', 'local', noon - 43_200_000, 86_400_000],
    ['2026-02', 'local', Date.UTC(2026, 1), 28 * 86_400_000],
    ['2026-02-03T12:00', 'local', noon, 60_000],
    ['2026-02-03 12:00:00', 'local', noon, 1_000],
    ['2026-02-03T12:00:00.123Z', 'epoch', noon + 123, 0],
    ['2026-02-03T12:00:00,123456Z', 'epoch', noon + 123.456, 0],
    ['2026-02-03T13:00+01:00', 'epoch', noon, 60_000],
    ['2026-02-03T10:30-0130', 'epoch', noon, 60_000],
    ['@1770120000', 'epoch', noon, 0],
  ])('time %s', (text, base, start, length) => {
    const time = readTime(text)
    expect(time?.base).toBe(base)
    expect(time?.start).toBeCloseTo(start, 3)
    expect((time?.end ?? NaN) - (time?.start ?? NaN)).toBeCloseTo(length, 3)
  })

  it.each([
    '',
    'yesterday',
    '25:00',
    '12:60',
    '2026-13',
    '2026-02-30',
    '2026-02T12:00',
    '2026-02-03T',
    '5m',
    '-5',
    '2026-02-03T12:00X',
  ])('%s is no time', (text) => {
    expect(readTime(text)).toBeUndefined()
  })
})

import { describe, expect, it } from 'vitest'
import { matching, mostEntries, type PaletteEntry } from './palette'

const entry = (title: string, note = '', group: PaletteEntry['group'] = 'Actions'): PaletteEntry => ({
  id: title,
  group,
  title,
  note,
  run: () => undefined,
})
const titles = (entries: readonly PaletteEntry[]): string[] => entries.map(({ title }) => title)

describe('the palette', () => {
  const entries = [
    entry('xen-01', 'xen-01.example:22, live', 'Hosts'),
    entry('Logs', 'view', 'Views'),
    entry('Pause, or go on live', 'Time'),
    entry('cpu cpu0 usage', 'Share of time that it is not idle', 'Metrics'),
    entry('disk sda read', 'Bytes read', 'Metrics'),
  ]

  it('shows where to go and what to do at first, and metrics once they are asked for', () => {
    expect(titles(matching(entries, '  '))).toEqual(['xen-01', 'Logs', 'Pause, or go on live'])
    expect(titles(matching(entries, 'sda'))).toEqual(['disk sda read'])
  })

  it('needs every word, in the title or in the note, those in the title first', () => {
    expect(titles(matching(entries, 'live'))).toEqual(['Pause, or go on live', 'xen-01'])
    expect(titles(matching(entries, 'usage cpu0'))).toEqual(['cpu cpu0 usage'])
    expect(titles(matching(entries, 'idle cpu0'))).toEqual(['cpu cpu0 usage'])
    expect(matching(entries, 'idle sda')).toEqual([])
  })

  it('never lists more than one looks through', () => {
    const many = Array.from({ length: 20_000 }, (_, at) => entry(`disk sd${at} read`, '', 'Metrics'))
    expect(matching(many, 'read')).toHaveLength(mostEntries)
  })
})

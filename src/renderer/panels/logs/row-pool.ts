import type { ShownRow } from '../../stores/rows-decode'
import { readAnsi } from './ansi'
import { cutNote, gapSentence, lineOf, shortSource } from './row-text'
import { markTerm, withSpeaker, writeRuns } from './segments'
import { severityOf } from './severity'

export const rowHeight = 20

/** How rows look now; another object whenever anything of it changes. */
export interface RowLook {
  readonly time: (row: ShownRow) => string
  readonly zone: string | undefined
  /** Null where the column does not show. */
  readonly host: ((row: ShownRow) => string) | null
  readonly source: (row: ShownRow) => string
  readonly term: string | null
  /** Rows without a mark are dimmed. */
  readonly marking: boolean
  readonly cursor: ShownRow | null
  readonly selected: { readonly from: number; readonly to: number } | null
  readonly bookmarked: (row: ShownRow) => boolean
  /** Seconds that passed, for rows that tell an age. */
  readonly tick: number
}

export type RowCells = Readonly<Record<string, HTMLElement>>

/** Which cells rows have, and what is written into them. */
export interface RowFace {
  readonly cells: readonly string[]
  /** Further classes of the row. */
  write(cells: RowCells, row: ShownRow, look: RowLook): readonly string[]
}

interface PooledRow {
  readonly element: HTMLElement
  readonly cells: RowCells
  row: ShownRow | null | undefined
  look: RowLook | null
}

const idOf = (prefix: string, { stream, sequence }: ShownRow): string => `${prefix}-${stream}-${sequence}`

/** Rows of the page that are written anew instead of made anew: a frame costs what changed on screen. */
export class RowPool {
  readonly #parent: HTMLElement
  readonly #prefix: string
  readonly #face: RowFace
  readonly #rows: PooledRow[] = []
  /** Position that counts as the first. */
  first = 0

  /** `prefix` makes the ids of rows unique in the page. */
  constructor(parent: HTMLElement, prefix: string, face: RowFace = logFace) {
    this.#parent = parent
    this.#prefix = prefix
    this.#face = face
  }

  idOf(row: ShownRow): string {
    return idOf(this.#prefix, row)
  }

  /** Shows `count` rows from a position on; a position that is not known is an empty row. */
  draw(from: number, count: number, rowAt: (position: number) => ShownRow | undefined, look: RowLook): void {
    while (this.#rows.length < count) this.#rows.push(this.#make())
    for (const [at, pooled] of this.#rows.entries()) {
      const row = at < count ? (rowAt(from + at) ?? null) : null
      if (pooled.row === row && (pooled.look === look || row === null)) continue
      pooled.row = row
      pooled.look = look
      if (row) this.#write(pooled, row, look)
      else pooled.element.hidden = true
    }
  }

  rowOf(target: EventTarget | null): ShownRow | null {
    if (!(target instanceof Element)) return null
    const element = target.closest('.log-row')
    return this.#rows.find((pooled) => pooled.element === element)?.row ?? null
  }

  #make(): PooledRow {
    const element = document.createElement('div')
    element.className = 'log-row'
    element.setAttribute('role', 'row')
    element.hidden = true
    const cells: Record<string, HTMLElement> = {}
    for (const name of this.#face.cells) {
      const made = document.createElement('span')
      made.className = name
      made.setAttribute('role', 'gridcell')
      element.append(made)
      cells[name] = made
    }
    const pooled = { element, cells, row: undefined, look: null }
    this.#parent.append(element)
    return pooled
  }

  #write(pooled: PooledRow, row: ShownRow, look: RowLook): void {
    const { element, cells } = pooled
    const chosen = look.cursor?.stream === row.stream && look.cursor.sequence === row.sequence
    const selected =
      look.selected !== null && row.position >= look.selected.from && row.position <= look.selected.to
    element.hidden = false
    element.id = idOf(this.#prefix, row)
    element.className = [
      'log-row',
      row.gap ? 'gap' : '',
      chosen ? 'cursor' : '',
      selected ? 'selected' : '',
      look.marking && !row.gap ? (row.mark ? 'hit' : 'dimmed') : '',
      look.bookmarked(row) ? 'bookmarked' : '',
      ...this.#face.write(cells, row, look),
    ]
      .filter(Boolean)
      .join(' ')
    element.setAttribute('aria-rowindex', String(row.position - this.first + 2))
    element.setAttribute('aria-selected', String(chosen || selected))
  }
}

const approximateTime =
  'About: this row has no time of its own, or one that is out of order, and stands where it came'

const logFace: RowFace = {
  cells: ['level', 'time', 'host', 'source', 'text', 'note'],
  write({ level, time, host, source, text, note }, row, look) {
    if (!level || !time || !host || !source || !text || !note) return []
    const severity = severityOf(row.level)
    setText(level, row.gap ? 'LOSS' : severity.short)
    level.title = row.gap
      ? 'rows are missing here'
      : `severity: ${severity.name}${look.bookmarked(row) ? ', bookmarked' : ''}`
    setText(time, look.time(row))
    time.title = row.approximate && !row.gap ? approximateTime : ''
    host.hidden = look.host === null
    if (look.host) setText(host, look.host(row))
    const name = look.source(row)
    setText(source, shortSource(name))
    source.title = name
    if (row.gap) {
      writeRuns(text, [{ text: gapSentence(row.text, look.zone), style: '' }])
      setText(note, '')
      return []
    }
    const { head, further } = lineOf(row.text, row.partial)
    writeRuns(text, markTerm(withSpeaker(readAnsi(head)), look.term))
    setText(note, [further, row.cut ? cutNote(row.length) : null].filter(Boolean).join(' · '))
    return row.approximate ? [severity.tone, 'approximate'] : [severity.tone]
  },
}

/** One text node, written only where it differs. */
export function setText(element: HTMLElement, text: string): void {
  const node = element.firstChild
  if (!node) element.append(text)
  else if (node.nodeValue !== text) node.nodeValue = text
}

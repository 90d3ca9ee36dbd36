import type { FormattedValue } from '@shared/units'

/** What components of the design system are given to show. */

/** Red, amber and green are verdicts; the rest say that there is none: old data, under way, not asked for. */
export type Light = 'red' | 'amber' | 'green' | 'stale' | 'busy' | 'off'

/** What a panel can honestly show. */
export type PanelState =
  | { readonly kind: 'live' }
  /** Nothing has arrived yet. */
  | { readonly kind: 'busy' }
  /** Nothing can arrive; why is told elsewhere, so that many panels do not say it. */
  | { readonly kind: 'off'; readonly reason: string }
  /** There is nothing to show, and this is why. */
  | { readonly kind: 'empty'; readonly reason: string }
  /** What shows is old: `age` as text, null where it is not known. */
  | { readonly kind: 'stale'; readonly age: string | null; readonly reason: string }
  | { readonly kind: 'error'; readonly reason: string; readonly hint: string | null }

export interface Core {
  readonly name: string
  /** 0 to 1; null where it is missing. */
  readonly usage: number | null
}

export interface Column {
  readonly id: string
  readonly label: string
  /** What the column holds, where the label is short. */
  readonly title?: string
  /** Text columns start at the left and take what room there is. */
  readonly kind: 'text' | 'value'
  /** Widest unit of a value column, so that the numbers align: 'MiB/s'. */
  readonly unit?: string
  readonly sortable?: boolean
}

export interface Cell {
  readonly value: FormattedValue
  /** Share of a bar before the value, 0 to 1; null where it is missing. */
  readonly bar?: number | null
  readonly title?: string
}

export interface Row {
  readonly id: string | number
  readonly cells: Readonly<Record<string, Cell>>
}

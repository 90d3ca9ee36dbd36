import type { MemoryUse } from '@shared/model/settings'
import type { Clock } from './clock'
import type { SeriesBudget } from './series/budget'
import type { SettingsStore } from './settings'
import type { RowStore } from './streams/row-store'

/** Bytes of all hosts together where nobody chose others. */
export const defaultBudgets = { rows: 256 * 2 ** 20, series: 128 * 2 ** 20 } as const

/** Milliseconds between two looks. */
const interval = 2_000

/** What rows and metrics take and may take, and what was chosen for the next start. */
export class Memory {
  readonly #settings: SettingsStore
  readonly #rows: RowStore
  readonly #series: SeriesBudget

  constructor(settings: SettingsStore, rows: RowStore, series: SeriesBudget) {
    this.#settings = settings
    this.#rows = rows
    this.#series = series
  }

  use(): MemoryUse {
    const { memory } = this.#settings.current()
    const part = ({ used, limit }: RowStore | SeriesBudget, kind: keyof typeof defaultBudgets) => ({
      used,
      limit,
      chosen: memory[kind],
      usual: defaultBudgets[kind],
    })
    return { rows: part(this.#rows, 'rows'), series: part(this.#series, 'series') }
  }

  async *watch(clock: Clock, signal: AbortSignal): AsyncGenerator<MemoryUse, void, void> {
    while (!signal.aborted) {
      yield this.use()
      await clock.sleep(interval, signal)
    }
  }

  /** For the next start; null is the usual. */
  async choose(chosen: { readonly rows: number | null; readonly series: number | null }): Promise<object> {
    await this.#settings.update((settings) => ({ ...settings, memory: { ...settings.memory, ...chosen } }))
    return {}
  }
}

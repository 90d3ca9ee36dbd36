import type { LogSession } from './use-log-session'

/** Keys of the list while it has the focus: those that other controls need for themselves elsewhere. */
export function useListKeys(
  session: LogSession,
  scrollBy: (rows: number) => void,
  shift: (step: number) => void,
): (event: KeyboardEvent) => void {
  const { cursor, window, main, opened } = session
  const page = (): number => Math.max(1, Math.floor(window.capacity.value) - 1)

  function home(extend: boolean): void {
    const first = main.update.value?.first ?? 0
    if (window.top.value <= first) scrollBy(-1)
    void cursor.moveTo(first, 'nearest', extend)
  }
  function up(rows: number, extend: boolean): void {
    const first = main.update.value?.first ?? 0
    if (window.top.value <= first && (cursor.range.value?.from ?? Infinity) <= first) scrollBy(-1)
    void cursor.moveBy(-rows, extend)
  }

  const moves: Readonly<Record<string, (extend: boolean) => void>> = {
    ArrowDown: (extend) => void cursor.moveBy(1, extend),
    ArrowUp: (extend) => up(1, extend),
    PageDown: (extend) => void cursor.moveBy(page(), extend),
    PageUp: (extend) => up(page(), extend),
    Home: home,
    End(extend) {
      if (extend) return void cursor.moveTo(Infinity, 'nearest', true)
      cursor.clear()
      window.setFollow(true)
    },
    ArrowLeft: () => shift(-1),
    ArrowRight: () => shift(1),
    Enter: () => (opened.value = cursor.row.value !== null && !opened.value),
  }

  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const move = moves[event.key]
    if (!move) return
    event.preventDefault()
    move(event.shiftKey)
  }
}

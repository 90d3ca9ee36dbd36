import { useRowChoices } from '../../stores/rows-choices'
import { useShortcuts } from '../../stores/shortcuts'
import { useTime } from '../../stores/time'
import type { LogSession } from './use-log-session'

export interface LogActs {
  readonly focusFilter: () => void
  readonly focusList: () => void
  readonly follow: () => void
  readonly context: () => void
  readonly copy: () => void
  readonly export: () => void
  readonly sources: () => void
}

/** The keys of the logs view, listed with all others. Arrows, pages and Enter are the list's own. */
export function useLogKeys({ cursor, opened, older, bookmark }: LogSession, acts: LogActs): void {
  const { add } = useShortcuts()
  const choices = useRowChoices()
  const time = useTime()
  const key = (name: string, label: string, run: () => void): void =>
    add({ key: name, label, group: 'Logs', run })

  key('/', 'Filter', acts.focusFilter)
  key('f', 'Follow the newest rows', acts.follow)
  key('n', 'Next hit', () => void cursor.goToHit(1))
  key('N', 'Previous hit', () => void cursor.goToHit(-1))
  key('c', 'Rows around this one, and back', acts.context)
  key('h', 'Hide what does not match, or only dim it', () =>
    choices.choose({ mode: choices.chosen.mode === 'hide' ? 'highlight' : 'hide' }),
  )
  key('b', 'Bookmark the row', bookmark)
  key('m', 'Next bookmark', () => void cursor.goToBookmark(1))
  key('M', 'Previous bookmark', () => void cursor.goToBookmark(-1))
  key('o', 'Fetch older rows', () => void older.fetch())
  key('y', 'Copy the selected rows', acts.copy)
  key('e', 'Export', acts.export)
  key('s', 'Show or hide the sources', acts.sources)
  key('Escape', 'Close the row, then go on live', () => {
    if (opened.value) opened.value = false
    else if (cursor.row.value) cursor.clear()
    else time.resume()
    acts.focusList()
  })
}

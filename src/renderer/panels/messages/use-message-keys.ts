import { useShortcuts } from '../../stores/shortcuts'
import { useTime } from '../../stores/time'
import type { LogSession } from '../logs/use-log-session'

export interface MessageActs {
  readonly focusFilter: () => void
  readonly focusList: () => void
  readonly focusPayload: () => void
  readonly follow: () => void
  readonly partner: () => void
  readonly pin: () => void
  readonly copy: () => void
  readonly logs: () => void
  readonly latency: () => void
  readonly export: () => void
}

/** The keys of the messages view, listed with all others. Arrows, pages and Enter are the list's own. */
export function useMessageKeys({ cursor, opened, older }: LogSession, acts: MessageActs): void {
  const shortcuts = useShortcuts()
  const time = useTime()
  const key = (name: string, label: string, run: () => void): void =>
    shortcuts.add({ key: name, label, group: 'Messages', run })
  key('/', 'Filter', acts.focusFilter)
  key('f', 'Follow the newest messages', acts.follow)
  key('p', 'From a request to its reply, and back', acts.partner)
  key('c', 'Keep this payload to compare others with it', acts.pin)
  key('y', 'Copy the payload', acts.copy)
  key('i', 'Into the payload', acts.focusPayload)
  key('l', 'Log lines of the call', acts.logs)
  key('h', 'Show or hide services and latencies', acts.latency)
  key('e', 'Export', acts.export)
  key('o', 'Fetch older messages', () => void older.fetch())
  key('n', 'Next hit', () => void cursor.goToHit(1))
  key('N', 'Previous hit', () => void cursor.goToHit(-1))
  key('Escape', 'Close the message, then go on live', () => {
    if (opened.value) opened.value = false
    else if (cursor.row.value) cursor.clear()
    else time.resume()
    acts.focusList()
  })
}

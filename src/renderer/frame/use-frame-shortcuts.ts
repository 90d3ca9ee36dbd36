import { onScopeDispose } from 'vue'
import { useConnectDialog } from '../stores/connect-dialog'
import { useConnection } from '../stores/connection'
import { useHosts } from '../stores/hosts'
import { useRoute } from '../stores/route'
import { useSavedHosts } from '../stores/saved-hosts'
import { useSettings } from '../stores/settings'
import { useShortcuts } from '../stores/shortcuts'
import { useTime } from '../stores/time'
import { views } from '../views/registry'
import { neighbourRange } from './ranges'

export interface FrameDialogs {
  readonly showHelp: () => void
  readonly showPalette: () => void
}

/** The keys that work everywhere. */
export function useFrameShortcuts({ showHelp, showPalette }: FrameDialogs): void {
  const { add, handle } = useShortcuts()
  useTimeKeys(add)
  useHostKeys(add)
  const route = useRoute()
  const settings = useSettings()
  const { choose } = settings
  for (const { id, title, key } of views) {
    add({ key, label: title, group: 'Views', run: () => route.go({ view: id }) })
  }
  add({ key: '?', label: 'This list', group: 'Window', run: showHelp })
  add({ key: 'p', label: 'Find anything (Ctrl+K, ⌘K)', group: 'Window', run: showPalette })
  add({ key: 't', label: 'Dark or light theme', group: 'Window', run: () => settings.toggleTheme() })
  add({
    key: 'd',
    label: 'Compact or comfortable rows',
    group: 'Window',
    run: () => choose({ density: settings.chosen.density === 'compact' ? 'comfortable' : 'compact' }),
  })
  add({
    key: 'b',
    label: 'Show or hide the host list',
    group: 'Window',
    run: () => choose({ hostList: !settings.chosen.hostList }),
  })

  // In a dialog keys are the dialog's, also when its focused button is gone and the page has the focus.
  const listen = (event: KeyboardEvent): void => {
    if (document.querySelector('dialog[open]') !== null) return
    // Also while a text is written: what is looked for is often elsewhere.
    if (isPaletteKey(event)) {
      event.preventDefault()
      showPalette()
    } else handle(event)
  }
  addEventListener('keydown', listen)
  onScopeDispose(() => removeEventListener('keydown', listen))
}

const isPaletteKey = ({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean =>
  key.toLowerCase() === 'k' && ctrlKey !== metaKey && !altKey && !shiftKey

type Add = ReturnType<typeof useShortcuts>['add']

function useTimeKeys(add: Add): void {
  const settings = useSettings()
  const time = useTime()
  // A range that stands still is kept: a longer one is around it.
  const widen = (step: number): void => {
    if (time.paused) return step > 0 ? time.zoomOut() : time.zoomIn()
    settings.choose({ range: neighbourRange(settings.chosen.range, step) })
    time.resume()
  }
  add({ key: ' ', label: 'Pause, or go on live', group: 'Time', run: () => time.toggle() })
  add({ key: 'Escape', label: 'Go on live', group: 'Time', run: () => time.resume() })
  add({ key: 'Backspace', label: 'Back to the range before', group: 'Time', run: () => time.back() })
  add({ key: '+', label: 'Zoom in, around the cursor', group: 'Time', run: () => time.zoomIn() })
  add({ key: '-', label: 'Zoom out', group: 'Time', run: () => time.zoomOut() })
  add({ key: '<', label: 'Earlier', group: 'Time', run: () => time.earlier() })
  add({ key: '>', label: 'Later', group: 'Time', run: () => time.later() })
  add({ key: ']', label: 'Longer range', group: 'Time', run: () => widen(1) })
  add({ key: '[', label: 'Shorter range', group: 'Time', run: () => widen(-1) })
}

function useHostKeys(add: Add): void {
  const connection = useConnection()
  const dialog = useConnectDialog()
  const hosts = useHosts()
  const saved = useSavedHosts()
  const retry = (): void => {
    if (!connection.open) return connection.retry()
    const host = hosts.selected
    if (host && host.state !== 'live' && host.state !== 'connecting') void hosts.connect(host.id)
  }
  // Ctrl+N opens a window of the browser, and no page is asked.
  add({
    key: 'n',
    label: 'Connect to a host (Ctrl+N is the browser’s)',
    group: 'Hosts',
    run: () => dialog.open(),
  })
  add({ key: 'u', label: 'Undo the removal of a host', group: 'Hosts', run: () => void saved.undoRemove() })
  add({ key: 'j', label: 'Next host', group: 'Hosts', run: () => hosts.selectNext(1) })
  add({ key: 'k', label: 'Previous host', group: 'Hosts', run: () => hosts.selectNext(-1) })
  add({ key: 'r', label: 'Reconnect at once', group: 'Hosts', run: retry })
  add({ key: 'X', label: 'Disconnect, or connect again', group: 'Hosts', run: () => hosts.toggle() })
}

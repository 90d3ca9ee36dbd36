import type { Command, Opened } from '@shared/desktop'
import { savedHost } from '@shared/model/saved-host'
import { validate } from '@shared/errors'
import { defineStore } from 'pinia'
import { inject, shallowReadonly, shallowRef } from 'vue'
import { desktopKey } from '../link/desktop-link'
import { useAsk } from './ask'
import { useConnectDialog } from './connect-dialog'
import { useConnection } from './connection'

/** What the desktop shell asks of the window; in a browser there is none. */
export const useDesktop = defineStore('desktop', () => {
  const shell = inject(desktopKey, null)
  const ask = useAsk()
  const connection = useConnection()
  const dialog = useConnectDialog()
  /** Path of the snapshot that was opened last, for the view that shows snapshots. */
  const snapshot = shallowRef<string | null>(null)

  /** The dialog as if the link had been typed: nothing is connected before the person says so. */
  async function openAddress(text: string): Promise<void> {
    try {
      const { address, via, keyFiles } = await ask('address.parse', { text })
      const host = { id: crypto.randomUUID(), name: address.host, address, via, authentication: { keyFiles } }
      dialog.open(validate(savedHost, host, 'the link'))
    } catch {
      // No address after all: the form is there to type one.
      dialog.open()
    }
  }

  function open(opened: Opened): void {
    if (opened.kind === 'address') void openAddress(opened.text)
    else snapshot.value = opened.path
  }

  /** `showKeys` is the frame's. */
  function listen(showKeys: () => void): void {
    const commands: Record<Command, () => void> = {
      connect: () => dialog.open(),
      keys: showKeys,
      reconnect: () => connection.retry(),
    }
    shell?.on((message) => {
      if (message.type === 'opened') open(message.opened)
      else if (message.type === 'command') commands[message.command]()
    })
  }

  return {
    present: shell !== null,
    snapshot: shallowReadonly(snapshot),
    chooseSnapshot: () => shell?.post({ type: 'choose-snapshot' }),
    listen,
  }
})

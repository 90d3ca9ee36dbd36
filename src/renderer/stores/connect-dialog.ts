import type { SavedHost } from '@shared/model/saved-host'
import { defineStore } from 'pinia'
import { shallowReadonly, shallowRef } from 'vue'

/** Whether the connect dialog is open, and on which host: null is a new one. */
export const useConnectDialog = defineStore('connect-dialog', () => {
  const shown = shallowRef<{ readonly host: SavedHost | null } | null>(null)
  return {
    shown: shallowReadonly(shown),
    open: (host: SavedHost | null = null) => (shown.value = { host }),
    close: () => (shown.value = null),
  }
})

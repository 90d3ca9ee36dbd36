import { join, resolve } from 'node:path'

/** Files of the build, beside this program. */
export const build = {
  engine: join(import.meta.dirname, 'desktop-engine.js'),
  window: join(import.meta.dirname, '../renderer'),
}

export interface Places {
  /** Settings, vault and what else is the person's; the engine finds the same folder by itself. */
  readonly folder: string
  /** Chromium's own files. */
  readonly chromium: string
  readonly window: string
  readonly vaultKey: string
}

/** `appData` is Electron's: where the system keeps the configuration of this person's programs. */
export function placesIn(appData: string, chosen: string | undefined): Places {
  const folder = chosen ? resolve(chosen) : join(appData, 'xcp-diagnostic-console')
  return {
    folder,
    chromium: join(folder, 'chromium'),
    window: join(folder, 'window.json'),
    vaultKey: join(folder, 'vault-key.json'),
  }
}

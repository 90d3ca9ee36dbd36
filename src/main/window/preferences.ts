import { fileURLToPath } from 'node:url'

/** Built as CommonJS: a preload in the sandbox cannot be a module. */
const preload = fileURLToPath(new URL('../preload/index.cjs', import.meta.url))

/** Of every window, in one place; nothing overrides it. */
export const webPreferences = Object.freeze({
  preload,
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  enableDeprecatedPaste: false,
  plugins: false,
  spellcheck: false,
  safeDialogs: true,
})

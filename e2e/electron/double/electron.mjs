import { strict } from './strict.mjs'
import { defaultSession } from './session.mjs'

/** The double of Electron's main module. A name that is not here fails when the program is loaded. */
export { app } from './application.mjs'
export { MessageChannelMain, MessagePortMain } from './ports.mjs'
export { protocol } from './session.mjs'
export * from './system.mjs'
export { utilityProcess } from './utility.mjs'
export { BrowserWindow, ipcMain } from './window.mjs'
export const session = strict('session', { defaultSession })

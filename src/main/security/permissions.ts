import type { Log } from '../log'

/** What is used of Electron's Session. */
export interface PermissionSession {
  setPermissionRequestHandler(
    handler: (contents: unknown, permission: string, callback: (granted: boolean) => void) => void,
  ): void
  setPermissionCheckHandler(handler: (contents: unknown, permission: string) => boolean): void
  setDevicePermissionHandler(handler: () => boolean): void
  setDisplayMediaRequestHandler(handler: (request: unknown, callback: (streams: null) => void) => void): void
}

/** Every permission is denied, whether the page asks for it or only checks it. Copying goes through the shell. */
export function denyPermissions(session: PermissionSession, log: Log): void {
  session.setPermissionRequestHandler((_, permission, callback) => {
    log.refused(`the permission "${permission}"`)
    callback(false)
  })
  // Chromium checks of its own accord: not worth a line.
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_, callback) => {
    log.refused('the capture of a screen')
    callback(null)
  })
}

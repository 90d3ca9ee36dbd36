import type { StaticFiles } from '../../server/static-files'
import { answerFrom } from '../content/app-protocol'
import { saveByDialog, type Download } from '../files/downloads'
import type { Log } from '../log'
import { appScheme, mayLoad, originOf } from './navigation'
import { denyPermissions, type PermissionSession } from './permissions'

/** What is used of Electron's Session. */
export interface GuardedSession extends PermissionSession {
  readonly protocol: { handle(scheme: string, handler: (request: Request) => Response): void }
  readonly webRequest: {
    onBeforeRequest(
      listener: (details: { url: string }, answer: (response: { cancel: boolean }) => void) => void,
    ): void
  }
  setSpellCheckerEnabled(enabled: boolean): void
  on(event: 'will-download', listener: (event: { preventDefault(): void }, item: Download) => void): unknown
}

/** All that holds for everything that the window loads. */
export function guardSession(session: GuardedSession, files: StaticFiles, log: Log): void {
  session.protocol.handle(appScheme, answerFrom(files))
  denyPermissions(session, log)
  session.setSpellCheckerEnabled(false)
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const allowed = mayLoad(url)
    if (!allowed) log.refused(`to load from ${originOf(url)}`)
    answer({ cancel: !allowed })
  })
  session.on('will-download', (event, item) => saveByDialog(event, item, log))
}

import type { Session } from 'electron'
import type { StaticFiles } from '../../server/static-files'
import { answerFrom } from '../content/app-protocol'
import { saveByDialog } from '../files/downloads'
import type { Log } from '../log'
import { appScheme, mayLoad, originOf } from './navigation'
import { denyPermissions } from './permissions'

/** All that holds for everything that the window loads. */
export function guardSession(session: Session, files: StaticFiles, log: Log): void {
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

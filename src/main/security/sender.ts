import { appOrigin } from './navigation'

/** What is used of Electron's IpcMainEvent. */
export interface SentBy {
  readonly sender: unknown
  /** Null after its frame navigated or went away. */
  readonly senderFrame: {
    readonly origin: string
    readonly detached: boolean
    readonly parent: unknown
  } | null
}

/** Why a message is not the console page's own; null where it is. Reading a frame that is gone throws. */
export function foreignSender(event: SentBy, contents: unknown): string | null {
  if (event.sender !== contents) return 'of another window'
  try {
    const frame = event.senderFrame
    if (frame === null) return 'of a frame that is gone'
    if (frame.detached) return 'of a detached frame'
    if (frame.parent !== null) return 'of a frame within the page'
    if (frame.origin !== appOrigin) return 'of another origin'
  } catch {
    return 'of a frame that is gone'
  }
  return null
}

import { channels, mostToShell, toShell, type ToShell, type ToWindow } from '@shared/desktop'
import { DiagnosticError, validate } from '@shared/errors'
import * as v from 'valibot'
import type { Log } from '../log'
import { foreignSender, type SentBy } from '../security/sender'

/** What is used of Electron's WebContents. */
export interface LinkContents {
  on(event: 'ipc-message' | 'ipc-message-sync', listener: (event: unknown, channel: string) => void): unknown
  send(channel: string, text: string): void
  isDestroyed(): boolean
}

/** What is used of Electron's ipcMain. */
export interface LinkIpc {
  on(channel: string, listener: (event: SentBy, ...args: unknown[]) => void): unknown
}

export interface WindowLinkOptions {
  readonly ipc: LinkIpc
  /** The window of now; null while there is none. */
  readonly contents: () => LinkContents | null
  readonly log: Log
  readonly receive: (message: ToShell) => void
  readonly dropped: (paths: readonly string[]) => void
}

const droppedPaths = v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(4_096))), v.maxLength(64))
const known: ReadonlySet<string> = new Set<string>([channels.link, channels.dropped])

/** Listens to the window's two channels. Whatever is not the console's own page, well formed and small is refused. */
export function listenToWindow({ ipc, contents, log, receive, dropped }: WindowLinkOptions): void {
  function on(channel: string, accept: (body: unknown) => void): void {
    ipc.on(channel, (event, ...args) => {
      const current = contents()
      const foreign = current === null ? 'without a window' : foreignSender(event, current)
      if (foreign !== null) {
        log.refused(`a message ${foreign} on ${channel}`)
        return
      }
      try {
        if (args.length !== 1) throw new DiagnosticError('bad-request', 'one argument is expected')
        accept(args[0])
      } catch (error) {
        log.refused(
          `a message on ${channel}: ${error instanceof DiagnosticError ? error.message : 'it cannot be read'}`,
        )
      }
    })
  }
  on(channels.link, (body) => receive(readToShell(body)))
  on(channels.dropped, (body) => dropped(validate(droppedPaths, body, 'dropped files')))
}

/** A page that tries other channels is told on the terminal: nobody listens to them. */
export function refuseOtherChannels(contents: LinkContents, log: Log): void {
  const refuse = (_: unknown, channel: string): void => {
    if (!known.has(channel)) log.refused('a message on a channel that there is not')
  }
  contents.on('ipc-message', refuse)
  contents.on('ipc-message-sync', refuse)
}

export function readToShell(body: unknown): ToShell {
  if (typeof body !== 'string') throw new DiagnosticError('bad-request', 'a text is expected')
  if (body.length > mostToShell) {
    throw new DiagnosticError('limit-exceeded', `it is longer than ${mostToShell} characters`)
  }
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw new DiagnosticError('bad-request', 'it is not JSON')
  }
  return validate(toShell, value, 'message')
}

export function tellWindow(contents: LinkContents | null, message: ToWindow): void {
  if (contents && !contents.isDestroyed()) contents.send(channels.link, JSON.stringify(message))
}

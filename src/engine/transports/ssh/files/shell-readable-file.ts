import { onAbort } from '../../common/abort'
import type { OperationOptions, ReadableFile } from '../../transport'
import { failure, type Subject } from '../failures'
import type { ShellRequest } from './shell-program'

export type AskShell = (
  what: ShellRequest,
  most: number | string,
  limits: OperationOptions | undefined,
) => Promise<Uint8Array>

/** A file that the shell on the host opens by its name for each reading. */
export async function openByName(
  path: string,
  subject: Subject,
  options: OperationOptions,
  ask: AskShell,
): Promise<ReadableFile> {
  let isClosed = false
  const use = async (
    what: ShellRequest,
    most: number | string,
    limits?: OperationOptions,
  ): Promise<Uint8Array> => {
    if (isClosed) throw failure('connection-lost', `${subject.doing} failed: it was closed.`, subject)
    return ask(what, most, limits)
  }
  const file: ReadableFile = {
    path,
    staysWithFile: false,
    readAt: (position, length, limits) => use('part', `${position + 1} ${length}`, limits),
    status: async (limits) => {
      const said = Buffer.from(await use('status', 0, limits)).toString('latin1')
      const [, size, modified, identity = null] = /^(\d+) (\d+) (\S+)\n$/.exec(said) ?? []
      if (size === undefined) {
        throw failure('bad-data', `${subject.doing} failed: the host's stat told "${said}".`, subject)
      }
      return { size: Number(size), modified: Number(modified) * 1_000, identity }
    },
    close: () => {
      isClosed = true
      unlisten()
      return Promise.resolve()
    },
  }
  const unlisten = onAbort(options.signal, () => void file.close())
  // Says at once what is missing.
  await use('part', '1 1', options)
  return file
}

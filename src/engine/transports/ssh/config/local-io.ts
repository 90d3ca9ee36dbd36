import { readdir } from 'node:fs/promises'
import { DiagnosticError } from '@shared/errors'
import { readOwnedFile } from '../../../files'

/** Where configuration is read from. */
export interface ConfigIo {
  /** The text; null when there is no such file. Refused with a DiagnosticError when it must not be used. */
  readFile(path: string): Promise<string | null>
  /** Names in a directory; none when it cannot be listed. */
  readDirectory(path: string): Promise<string[]>
}

const maxBytes = 1024 * 1024
const writableByGroup = 0o020
const writableByOthers = 0o002

/** This machine's files. As in ssh, a file that somebody else could have written is refused. */
export const localConfigIo: ConfigIo = {
  async readFile(path) {
    const file = await readOwnedFile(path, maxBytes)
    if (file === null) return null
    const me = process.getuid?.()
    if (me !== undefined) {
      const foreign = file.uid !== 0 && file.uid !== me
      // A group of the owner's own, as many systems make one for each user, is nobody else.
      const byGroup = (file.mode & writableByGroup) !== 0 && !(file.gid === file.uid && file.uid === me)
      if (foreign || byGroup || (file.mode & writableByOthers) !== 0) {
        throw new DiagnosticError(
          'permission-denied',
          'The file belongs to, or can be written by, another user.',
          {
            where: path,
            hint: `Check what it says, then: chmod 600 ${path}`,
          },
        )
      }
    }
    return file.content.toString('utf8')
  },
  async readDirectory(path) {
    try {
      return await readdir(path)
    } catch {
      return []
    }
  },
}

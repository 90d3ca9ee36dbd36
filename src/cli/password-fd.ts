import { createReadStream, fstatSync } from 'node:fs'
import { usageFailure } from './exit'

const longest = 4_096

/** The first line of what a file descriptor gives, without its end. Throws a usage failure where there is none. */
export async function readPassword(fd: number): Promise<string> {
  const held = Buffer.alloc(longest)
  let length = 0
  try {
    // Descriptors of Node itself (its event queue) have numbers, too; they are neither of these.
    const kind = fstatSync(fd)
    if (!kind.isFIFO() && !kind.isFile() && !kind.isSocket() && !kind.isCharacterDevice()) {
      throw new Error('it is neither a pipe nor a file')
    }
    for await (const chunk of createReadStream('', { fd, autoClose: false })) {
      if (!Buffer.isBuffer(chunk)) continue
      length += chunk.copy(held, length)
      if (chunk.includes(0x0a) || length === longest) break
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw usageFailure(
      `The password cannot be read from file descriptor ${fd}: ${reason}.`,
      `Open it in the shell: xcp-diag ... --password-fd ${fd} ${fd}< file`,
    )
  }
  const line = /^[^\r\n]*/.exec(held.toString('utf8', 0, length))?.[0] ?? ''
  held.fill(0)
  if (line === '') throw usageFailure(`File descriptor ${fd} gave no password.`)
  return line
}

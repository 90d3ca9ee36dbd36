import { DiagnosticError } from '@shared/errors'
import type { FileSystemUse } from '../../transport'
import { startProcess } from '../commands/remote-process'
import { commandLine } from '../commands/script'
import type { Connection } from '../connection'
import type { Subject } from '../failures'

/** Each path in a process of its own, so that one that hangs holds up none of the others. */
const script =
  'i=0; for p do (u=$(stat -f -c "%S %b %f %a %c %d" -- "$p") && echo "$i $u") & i=$((i+1)); done 2>/dev/null; wait'

/**
 * Size and use by the host's `stat`, for hosts whose SFTP does not tell. Calls back with each answer as it
 * comes; resolves when all have come or `ended`.
 */
export async function statWithCommand(
  connection: Connection,
  paths: readonly string[],
  subject: Subject,
  ended: AbortSignal,
  onAnswer: (index: number, use: FileSystemUse) => void,
): Promise<void> {
  let text = ''
  const process = await startProcess(
    connection,
    {
      subject,
      program: 'sh',
      line: (nonce) => commandLine(['sh', '-c', script, 'sh', ...paths], 'no-input', nonce),
      lasting: false,
      onErrorOutput: () => undefined,
      onOutput: (chunk) => {
        const lines = (text + chunk.toString('latin1')).split('\n')
        text = lines.pop() ?? ''
        for (const line of lines) answer(line, onAnswer)
      },
    },
    ended,
  )
  const end = (): void => void process.terminate()
  ended.addEventListener('abort', end, { once: true })
  try {
    await process.done
  } catch (thrown) {
    if (!(thrown instanceof DiagnosticError)) throw thrown
  } finally {
    ended.removeEventListener('abort', end)
  }
}

function answer(line: string, onAnswer: (index: number, use: FileSystemUse) => void): void {
  const numbers = line.split(' ').map(Number)
  const [index, unit, blocks, free, available, inodes, inodesFree] = numbers
  if (index === undefined || unit === undefined || blocks === undefined || free === undefined) return
  if (available === undefined || inodes === undefined || inodesFree === undefined) return
  if (numbers.some(Number.isNaN)) return
  onAnswer(index, {
    size: unit * blocks,
    free: unit * free,
    available: unit * available,
    inodes,
    inodesFree,
  })
}

import { PassThrough } from 'node:stream'
import { onAbort } from '../../common/abort'
import { defaultDeadlines } from '../../common/deadlines'
import { noInput } from '../../common/no-input'
import { StderrTail } from '../../common/stderr-tail'
import type { Command, Exit, RunningCommand, SpawnOptions } from '../../transport'
import type { Connection } from '../connection'
import type { Subject } from '../failures'
import { commandInput } from './input-lines'
import { startProcess, type RemoteProcess } from './remote-process'
import { commandLine } from './script'
import { commandSubject } from './subject'

/** Starts a command that goes on. The deadline is for its start, the signal for its whole life. */
export async function spawnCommand(
  connection: Connection,
  command: Command,
  options: SpawnOptions = {},
): Promise<RunningCommand> {
  const subject = commandSubject(connection, command)
  const hasInput = options.stdin !== false
  const output = new PassThrough({ highWaterMark: 256 * 1024 })
  const tail = new StderrTail()
  const link: { process?: RemoteProcess } = {}
  const process = await connection.lifetime.run(
    subject,
    options,
    defaultDeadlines.start,
    (ended) =>
      startProcess(
        connection,
        {
          subject,
          program: command[0],
          line: (nonce) => commandLine(command, hasInput ? 'input' : 'no-input', nonce),
          lasting: true,
          onOutput: (chunk) => deliver(link.process, output, chunk),
          onErrorOutput: (chunk) => tail.add(chunk),
        },
        ended,
      ),
    (late) => void late.terminate(),
  )
  link.process = process
  return running(process, output, tail, hasInput, options.signal, subject)
}

/** What may wait for a slow reader once the command is gone: the library's window, and what was on its way. */
const longestRest = 4 * 1024 * 1024

/** Keeps the command waiting for a slow reader; one that turned away gets nothing more. */
function deliver(process: RemoteProcess | undefined, output: PassThrough, chunk: Buffer): void {
  const waiting = output.writableLength + output.readableLength
  if (output.destroyed || (process?.isEnding === true && waiting > longestRest)) return
  if (!output.write(chunk)) process?.pause()
}

function running(
  process: RemoteProcess,
  output: PassThrough,
  tail: StderrTail,
  hasInput: boolean,
  signal: AbortSignal | undefined,
  subject: Subject,
): RunningCommand {
  let ending = false
  const end = (): Promise<void> => {
    ending = true
    return process.terminate()
  }
  output.on('drain', () => process.resume())
  output.on('error', () => undefined)
  // A reader that turns away ends the command, as it does in a shell.
  output.once('close', () => {
    if (!process.isOver) void end()
  })
  const unlisten = onAbort(signal, () => void end())
  const done = process.done.finally(() => {
    unlisten()
    output.end()
  })
  const settled = done.then(async (exit): Promise<Exit> => {
    const isRead = output.listenerCount('data') + output.listenerCount('readable') > 0
    if (isRead && !ending && !output.destroyed && !output.readableEnded) {
      await new Promise((resolve) => output.once('close', resolve))
    }
    return exit
  })
  // Who never asks for the end must not be told of it by a crash.
  settled.catch(() => undefined)
  return {
    stdin: hasInput ? commandInput(process.input) : noInput(subject),
    stdout: output,
    stderrTail: () => tail.text(),
    done: settled,
    end,
  }
}

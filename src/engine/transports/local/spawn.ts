import { PassThrough, type Readable } from 'node:stream'
import type { Command, Exit, RunningCommand, SpawnOptions } from '../transport'
import { onAbort } from '../common/abort'
import type { LocalContext } from './context'
import { defaultDeadlines } from '../common/deadlines'
import { deferred } from '../common/deferred'
import type { ProcessGroup } from './process-group'
import { commandSubject, startGroup } from './start-group'
import { noInput } from '../common/no-input'
import { StderrTail } from '../common/stderr-tail'

/** What may wait for a slow reader once the command is gone: more than a pipe can hold. */
const longestRest = 4 * 1024 * 1024

/** Starts a command. The deadline is for its start, the signal for its whole life. */
export async function spawnCommand(
  context: LocalContext,
  command: Command,
  options: SpawnOptions = {},
): Promise<RunningCommand> {
  const subject = commandSubject(command)
  const group = await context.lifetime.run(
    subject,
    options,
    defaultDeadlines.start,
    () => startGroup(context, command, options.stdin === false ? 'ignore' : 'pipe', subject),
    (late) => void late.end(),
  )
  const { stdin, stderr } = group.leader
  const tail = new StderrTail()
  stderr.on('data', (chunk: Buffer) => tail.add(chunk))
  const stdout = deliver(group)
  const ended = deferred<undefined>()
  const end = (): Promise<void> => {
    ended.resolve(undefined)
    return group.end()
  }
  const unlisten = onAbort(options.signal, () => void end())
  const disown = context.lifetime.own(end)
  void group.gone.then(() => {
    unlisten()
    disown()
  })
  return {
    stdin: stdin ?? noInput(subject),
    stdout,
    stderrTail: () => tail.text(),
    done: settle(group, stdout, ended.promise),
    end,
  }
}

/**
 * The command's output as a stream that keeps the command waiting for a slow reader while it runs. Afterwards
 * it takes what is left in the pipe, because Node throws away what nobody reads when a command exits.
 */
function deliver(group: ProcessGroup): PassThrough {
  const source = group.leader.stdout
  const output = new PassThrough()
  let gone = false
  const waiting = (): number => output.writableLength + output.readableLength
  source.on('data', (chunk: Buffer) => {
    if (output.destroyed || output.write(chunk)) return
    if (!gone || waiting() > longestRest) source.pause()
  })
  source.once('close', () => output.end())
  output.on('drain', () => source.resume())
  // A reader that turns away ends the pipe, as it does in a shell.
  output.once('close', () => source.destroy())
  output.on('error', () => undefined)
  void group.gone.then(() => {
    gone = true
    source.resume()
  })
  return output
}

/** After the output ended, and after its reader has it all, unless the command was ended on purpose. */
async function settle(group: ProcessGroup, output: Readable, ended: Promise<unknown>): Promise<Exit> {
  const exit = await group.closed
  const isRead = output.listenerCount('data') + output.listenerCount('readable') > 0
  if (isRead && !output.destroyed && !output.readableEnded) {
    await Promise.race([ended, new Promise((resolve) => output.once('close', resolve))])
  }
  return exit
}

#!/usr/bin/env node
import { setTimeout as sleep } from 'node:timers/promises'
import { DiagnosticError } from '@shared/errors'
import { logFields, messageFields } from '@shared/filter'
import { runOnHost, type HostCommand, type HostConnection } from './connection'
import { Ending } from './ending'
import { asFailure, exitCode, type ExitCode } from './exit'
import { readFilter, utcOffset } from './filter'
import { logsCommand } from './logs'
import { messagesCommand } from './messages'
import { MetricsCommand } from './metrics'
import { parseOptions, type CommandName, type Options } from './options'
import { standardOutput } from './output'
import { readPassword } from './password-fd'
import { QueuesCommand } from './queues'
import { readSince } from './since'
import { askOnTerminal, interrupted } from './terminal'
import { failureText } from './text'
import { usage } from './usage'

/** The console without a window, over the same engine. Built to out/node. */

const commands: Readonly<Record<CommandName, (connection: HostConnection) => HostCommand>> = {
  metrics: (connection) => new MetricsCommand(connection),
  logs: logsCommand,
  queues: (connection) => new QueuesCommand(connection),
  messages: messagesCommand,
}

async function main(): Promise<ExitCode> {
  const parsed = parseOptions(process.argv.slice(2))
  if ('help' in parsed) {
    process.stdout.write(usage)
    return exitCode.ok
  }
  if ('mistake' in parsed) {
    process.stderr.write(`xcp-diag: ${parsed.mistake}\n\n${usage}`)
    return exitCode.usage
  }
  return run(parsed.options)
}

async function run(options: Options): Promise<ExitCode> {
  const ending = new Ending()
  endWith(ending)
  try {
    checkTexts(options)
    const password = options.passwordFd === null ? null : readPassword(options.passwordFd)
    const given = {
      options,
      password: await Promise.race([password, failed(ending)]),
      ask: process.stdin.isTTY ? askOnTerminal : null,
      output: standardOutput(),
      ending,
    }
    await runOnHost(given, commands[options.command])
    return exitCode.ok
  } catch (thrown) {
    const failure = asFailure(thrown)
    if (failure.code !== exitCode.interrupted) process.stderr.write(failureText(failure))
    return failure.code
  }
}

/** What can be refused before anything is connected. */
function checkTexts({ command, filter, since }: Options): void {
  readFilter(filter, command === 'logs' ? logFields : messageFields)
  const now = Date.now()
  if (since !== null) readSince(since, now, utcOffset)
}

/** Why the output is not whole. */
const output: { failure: DiagnosticError | null } = { failure: null }

/** Milliseconds. */
const lastMoment = 500

/** A signal, or nobody who reads any more: the first ends cleanly, on the host too; a second signal at once. */
function endWith(ending: Ending): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (ending.signal.aborted) process.exit(exitCode.interrupted)
      ending.fail(interrupted())
    })
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return ending.succeed()
    output.failure = new DiagnosticError('internal', `The output could not be written: ${error.message}`, {
      cause: error,
      hint: 'Look for room on the disk that it is written to.',
    })
    ending.fail(output.failure)
  })
  process.stderr.on('error', () => undefined)
}

/** Never resolves; rejects when it was interrupted. */
const failed = (ending: Ending): Promise<never> => new Promise((_, reject) => void ending.over.catch(reject))

const ended = await main()
// What was written is out before the end, but who interrupts does not wait for a reader that has stopped. A terminal
// that is being read from would keep the process alive.
const written = new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
await Promise.race([written, ...(ended === exitCode.interrupted ? [sleep(lastMoment)] : [])])
// A disk may be full only when the last piece is written, long after all was read.
const late = ended === exitCode.ok ? output.failure : null
if (late !== null) process.stderr.write(failureText(asFailure(late)))
process.exit(late === null ? ended : exitCode.failed)

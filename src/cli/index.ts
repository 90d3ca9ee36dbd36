#!/usr/bin/env node
import { Ending } from './ending'
import { asFailure, exitCode, type ExitCode } from './exit'
import { runMetrics } from './metrics'
import { parseOptions, usage, type MetricsOptions } from './options'
import { standardOutput } from './output'
import { readPassword } from './password-fd'
import { askOnTerminal, interrupted } from './terminal'
import { failureText } from './text'

/** The console without a window, over the same engine. Built to out/node. */

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
  return metrics(parsed.options)
}

async function metrics(options: MetricsOptions): Promise<ExitCode> {
  const ending = new Ending()
  endWith(ending)
  try {
    const password = options.passwordFd === null ? null : readPassword(options.passwordFd)
    await runMetrics({
      options,
      password: await Promise.race([password, failed(ending)]),
      ask: process.stdin.isTTY ? askOnTerminal : null,
      output: standardOutput(),
      ending,
    })
    return exitCode.ok
  } catch (thrown) {
    const failure = asFailure(thrown)
    if (failure.code !== exitCode.interrupted) process.stderr.write(failureText(failure))
    return failure.code
  }
}

/** A signal, or nobody who reads any more: the first ends cleanly, on the host too; a second signal at once. */
function endWith(ending: Ending): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (ending.signal.aborted) process.exit(exitCode.interrupted)
      ending.fail(interrupted())
    })
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') ending.succeed()
    else ending.fail(error)
  })
  process.stderr.on('error', () => undefined)
}

/** Never resolves; rejects when it was interrupted. */
const failed = (ending: Ending): Promise<never> => new Promise((_, reject) => void ending.over.catch(reject))

const code = await main()
// What was written is out before the end; a terminal that is being read from would keep the process alive.
await new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
process.exit(code)

import { parentPort } from 'node:worker_threads'
import { DiagnosticError } from '@shared/errors'
import { parseOptions, usage } from './options'
import { startSimulatedHost, type SimulatedHostOptions } from './simulated-host'

/**
 * `npm run simulate`: a simulated XCP host as a program. Built to out/node. The console runs the same program in a
 * worker thread, as its demo host, and ends it with a message.
 */

const exitCode = { ok: 0, failed: 1, usage: 2 } as const

async function main(): Promise<number> {
  const parsed = parseOptions(process.argv.slice(2))
  if ('help' in parsed) {
    process.stdout.write(usage)
    return exitCode.ok
  }
  if ('mistake' in parsed) {
    process.stderr.write(`simulate: ${parsed.mistake}\n\n${usage}`)
    return exitCode.usage
  }
  return run(parsed.options)
}

async function run(options: SimulatedHostOptions): Promise<number> {
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
    parentPort?.once('message', () => resolve())
    // Whoever reads the line may not stay.
    process.stdout.on('error', () => undefined)
  })
  try {
    const host = await startSimulatedHost(options)
    process.stdout.write(`${JSON.stringify(host.endpoints)}\n`)
    await ended
    await host.close()
    return exitCode.ok
  } catch (error) {
    process.stderr.write(`simulate: ${explained(error)}\n`)
    return exitCode.failed
  }
}

function explained(error: unknown): string {
  if (!(error instanceof DiagnosticError)) return error instanceof Error ? error.message : String(error)
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : ''
  return [`${error.message}${cause}`, error.where, error.hint]
    .filter((part) => part !== undefined)
    .join('\n  ')
}

process.exitCode = await main()

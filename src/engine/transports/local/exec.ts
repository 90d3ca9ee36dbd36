import type { Readable } from 'node:stream'
import type { Command, ExecOptions, ExecResult } from '../transport'
import { onAbort } from '../common/abort'
import type { LocalContext } from './context'
import { defaultDeadlines } from '../common/deadlines'
import { commandSubject, startGroup } from './start-group'

const defaultMaxBytes = 16 * 1024 * 1024

/** Runs a command to the end of its output. Where it is ended early, its group ends in the background. */
export function exec(
  context: LocalContext,
  command: Command,
  options: ExecOptions = {},
): Promise<ExecResult> {
  const { input, maxBytes = defaultMaxBytes } = options
  const subject = commandSubject(command)
  return context.lifetime.run(subject, options, defaultDeadlines.exec, async (ended) => {
    const group = await startGroup(context, command, input === undefined ? 'ignore' : 'pipe', subject)
    onAbort(ended, () => void group.end())
    const stdout = collect(group.leader.stdout, maxBytes)
    const stderr = collect(group.leader.stderr, maxBytes)
    group.leader.stdin?.end(input)
    const exit = await group.closed
    return {
      exit,
      stdout: stdout.bytes(),
      stderr: stderr.bytes(),
      dropped: stdout.dropped() + stderr.dropped(),
    }
  })
}

interface Collected {
  bytes(): Uint8Array
  dropped(): number
}

/** Reads a stream to its end, keeps its first `maxBytes` and counts the rest. */
function collect(stream: Readable, maxBytes: number): Collected {
  const chunks: Buffer[] = []
  let kept = 0
  let received = 0
  stream.on('data', (chunk: Buffer) => {
    received += chunk.length
    if (kept === maxBytes) return
    const part = chunk.subarray(0, maxBytes - kept)
    chunks.push(part)
    kept += part.length
  })
  return { bytes: () => Buffer.concat(chunks, kept), dropped: () => received - kept }
}

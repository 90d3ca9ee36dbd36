import { onAbort } from '../../common/abort'
import { defaultDeadlines } from '../../common/deadlines'
import type { Command, ExecOptions, ExecResult } from '../../transport'
import type { Connection } from '../connection'
import { commandInput } from './input-lines'
import { startProcess } from './remote-process'
import { commandLine } from './script'
import { commandSubject } from './subject'

const defaultMaxBytes = 16 * 1024 * 1024

/** Runs a command to the end of its output. Where it is ended early, its group ends in the background. */
export function exec(
  connection: Connection,
  command: Command,
  options: ExecOptions = {},
): Promise<ExecResult> {
  const { input, maxBytes = defaultMaxBytes } = options
  const subject = commandSubject(connection, command)
  const mode = input === undefined ? 'no-input' : 'input'
  return connection.lifetime.run(subject, options, defaultDeadlines.exec, async (ended) => {
    const stdout = new Collected(maxBytes)
    const stderr = new Collected(maxBytes)
    const process = await startProcess(
      connection,
      {
        subject,
        program: command[0],
        line: (nonce) => commandLine(command, mode, nonce),
        lasting: false,
        onOutput: (chunk) => stdout.add(chunk),
        onErrorOutput: (chunk) => stderr.add(chunk),
      },
      ended,
    )
    onAbort(ended, () => void process.terminate())
    if (input !== undefined) commandInput(process.input).end(input)
    const exit = await process.done
    return {
      exit,
      stdout: stdout.bytes(),
      stderr: stderr.bytes(),
      dropped: stdout.dropped + stderr.dropped,
    }
  })
}

/** Keeps the first `maxBytes` of a stream and counts the rest. */
class Collected {
  readonly #room: number
  readonly #chunks: Buffer[] = []
  #kept = 0
  dropped = 0

  constructor(maxBytes: number) {
    this.#room = maxBytes
  }

  add(chunk: Buffer): void {
    const part = chunk.subarray(0, this.#room - this.#kept)
    if (part.length > 0) this.#chunks.push(part)
    this.#kept += part.length
    this.dropped += chunk.length - part.length
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks, this.#kept)
  }
}

import { textOf } from '../../formats/procfs/names'
import type { Command, Transport } from '../../transports/transport'

/** What single reads need: how to reach the host, and when to stop. */
export interface HostReader {
  readonly transport: Transport
  readonly signal: AbortSignal
}

/** A small file, null where it cannot be read for whatever reason. */
export async function tryRead({ transport, signal }: HostReader, path: string): Promise<Uint8Array | null> {
  try {
    return await transport.readFile(path, { signal, maxBytes: 4 * 1024 * 1024 })
  } catch {
    return null
  }
}

/** The trimmed text of a small file; null where it is empty too. */
export async function tryText(host: HostReader, path: string): Promise<string | null> {
  const bytes = await tryRead(host, path)
  return bytes === null ? null : textOf(bytes).trim() || null
}

/** What a command prints, trimmed; null where it is missing, fails or prints nothing. */
export async function tryCommand(
  { transport, signal }: HostReader,
  command: Command,
): Promise<string | null> {
  try {
    const result = await transport.exec(command, { signal, maxBytes: 65_536, deadline: 5_000 })
    return result.exit.code === 0 ? textOf(result.stdout).trim() || null : null
  } catch {
    return null
  }
}

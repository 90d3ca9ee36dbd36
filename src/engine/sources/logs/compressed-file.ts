import type { ReadableFile, Transport } from '../../transports/transport'

/** A rotated log of 100 MiB is unpacked in about a second. */
const deadline = 30_000

const unpack = 'gzip -dc -- "$1" 2>/dev/null'

/**
 * A file that gzip unpacks on the host, from its start for each reading: for the few readings of somebody who looks
 * further back. Null where it is another kind, or cannot be unpacked there.
 */
export async function openCompressed(
  transport: Transport,
  path: string,
  signal: AbortSignal,
): Promise<ReadableFile | null> {
  if (!path.endsWith('.gz')) return null
  const run = async (script: string, ...words: string[]): Promise<Uint8Array | null> => {
    const limits = { signal, deadline, maxBytes: 8 * 1024 * 1024 }
    const { exit, stdout } = await transport.exec(['sh', '-c', script, 'sh', path, ...words], limits)
    return exit.code === 0 ? stdout : null
  }
  const size = Number(Buffer.from((await run(`${unpack} | wc -c`)) ?? []).toString('latin1'))
  if (!(size > 0)) return null
  return {
    path,
    staysWithFile: false,
    readAt: async (position, length) =>
      (await run(`${unpack} | tail -c "+$2" | head -c "$3"`, `${position + 1}`, `${length}`)) ??
      new Uint8Array(0),
    status: () => Promise.resolve({ size, modified: null, identity: null }),
    close: () => Promise.resolve(),
  }
}

import { Writable } from 'node:stream'

/** Short: the shell reads them byte by byte, and another end of the input must get through. */
const longestLine = 4_096

/** What `printf` would take for something else in its format, and what `read` cannot carry. */
const escapes: ReadonlyMap<number, string> = new Map([
  [0x00, '\\000'],
  [0x0a, '\\n'],
  [0x25, '%%'],
  [0x5c, '\\\\'],
])

/**
 * Input for a command, as lines that the watcher on the host understands: `d` and a format of `printf`, or `e`
 * for the end. Any bytes get through; the channel's own end is kept for ending the command.
 */
export function inputLine(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [Buffer.from('d')]
  let from = 0
  for (const [at, byte] of bytes.entries()) {
    // A hyphen at the beginning would make it an option.
    const escape = at === 0 && byte === 0x2d ? '\\055' : escapes.get(byte)
    if (escape === undefined) continue
    pieces.push(bytes.subarray(from, at), Buffer.from(escape))
    from = at + 1
  }
  pieces.push(bytes.subarray(from), Buffer.from('\n'))
  return Buffer.concat(pieces)
}

/** The command's input as a stream over the channel's. */
export function commandInput(channel: Writable): Writable {
  return new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      const lines: Buffer[] = []
      for (let at = 0; at < chunk.length; at += longestLine) {
        lines.push(inputLine(chunk.subarray(at, at + longestLine)))
      }
      channel.write(Buffer.concat(lines), (error) => done(error ?? null))
    },
    final(done) {
      channel.write('e\n', (error) => done(error ?? null))
    },
  }).on('error', () => undefined)
}

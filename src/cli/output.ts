import type { Sample } from './feed'
import { lineHeader, sampleJson, sampleLine } from './lines'

export interface Output {
  write(text: string): void
  json(host: string, sample: Sample): void
  line(sample: Sample): void
  /** For the person, beside the data. */
  note(text: string): void
  readonly emphasize: (text: string) => string
}

/** To standard output; a terminal gets emphasis, and the header again on every screen. */
export function standardOutput(stream: NodeJS.WriteStream = process.stdout): Output {
  const plainly = !stream.isTTY || Boolean(process.env['NO_COLOR']) || process.env['TERM'] === 'dumb'
  const emphasize = (text: string): string => (plainly ? text : `\u001b[1m${text}\u001b[22m`)
  const write = (text: string): void => void stream.write(text)
  let lines = 0
  return {
    write,
    emphasize,
    json: (host, sample) => write(`${sampleJson(host, sample)}\n`),
    line(sample) {
      const screen = stream.isTTY ? Math.max(5, stream.rows) - 1 : Infinity
      if (lines === 0 || lines >= screen) {
        write(`${emphasize(lineHeader)}\n`)
        lines = 1
      }
      write(`${sampleLine(sample)}\n`)
      lines += 1
    },
    note: (text) => void process.stderr.write(`xcp-diag: ${text}\n`),
  }
}

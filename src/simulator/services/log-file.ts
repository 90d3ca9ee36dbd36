import { createWriteStream, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A file as rsyslog writes it: `Jun  9 10:50:13 host process: message`, in local time. */
export class LogFile {
  readonly #stream: WriteStream
  readonly #hostname: string

  constructor(path: string, hostname: string) {
    this.#stream = createWriteStream(path, { flags: 'a' })
    this.#stream.on('error', () => undefined)
    this.#hostname = hostname
  }

  write(process: string, message: string, time = new Date()): void {
    // rsyslog escapes what would end the line.
    const safe = message.replace(
      /[\0-\x1f]/g,
      (byte) => `#${byte.charCodeAt(0).toString(8).padStart(3, '0')}`,
    )
    this.#stream.write(`${stamp(time)} ${this.#hostname} ${process}: ${safe}\n`)
  }

  async close(): Promise<void> {
    this.#stream.end()
    await finished(this.#stream).catch(() => undefined)
  }
}

function stamp(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')
  return `${months[time.getMonth()] ?? ''} ${String(time.getDate()).padStart(2)} ${clock}`
}

export type Level = 'debug' | ' info' | ' warn' | 'error'

/** The part in brackets of a line of `xensource.log`, as xapi of 2026 writes it: the context may be empty. */
export const xensource = (level: Level, thread: number, task: string, module: string, text: string): string =>
  `[${level}||${thread} |${task}|${module}] ${text}`

/** Colours of a terminal; a name for each use. */
const styles = {
  strong: ['1', '22'],
  faint: ['2', '22'],
  bad: ['31', '39'],
  doubtful: ['33', '39'],
  missing: ['7', '27'],
} as const
export type Style = keyof typeof styles

export interface Output {
  write(text: string): void
  /**
   * Resolves when the reader has taken so much that more may be written; what comes meanwhile is not kept here.
   * Also at the abort.
   */
  ready(signal: AbortSignal): Promise<void>
  /** For the person, beside the data; control characters are to be replaced before. */
  note(text: string): void
  /** Plain where there is no terminal or no colour is wanted. */
  readonly paint: (style: Style, text: string) => string
  /** Null where it is none. */
  readonly terminal: { readonly rows: number; readonly columns: number } | null
}

/** Characters that may wait for a slow reader. */
const mostWaiting = 256 * 1024

/** To standard output. */
export function standardOutput(stream: NodeJS.WriteStream = process.stdout): Output {
  const plainly = !stream.isTTY || Boolean(process.env['NO_COLOR']) || process.env['TERM'] === 'dumb'
  return {
    write: (text) => void stream.write(text),
    ready: (signal) => (stream.writableLength < mostWaiting ? Promise.resolve() : drained(stream, signal)),
    note: (text) => void process.stderr.write(`xcp-diag: ${text}\n`),
    paint(style, text) {
      const [on, off] = styles[style]
      return plainly ? text : `\u001b[${on}m${text}\u001b[${off}m`
    },
    get terminal() {
      return stream.isTTY ? { rows: stream.rows, columns: stream.columns } : null
    },
  }
}

const drained = (stream: NodeJS.WriteStream, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const finish = (): void => {
      stream.off('drain', finish)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    stream.on('drain', finish)
    signal.addEventListener('abort', finish)
    if (signal.aborted || !stream.writableNeedDrain) finish()
  })

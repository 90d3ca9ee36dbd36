/** Lines for the terminal. */
export interface Log {
  line(text: string): void
  /** Something that was denied; many of a kind in a row are counted instead of repeated. */
  refused(what: string): void
}

/** Of a kind in a row; the next ones are told by their number, at each power of two. */
const repeated = 3

export function createLog(write: (line: string) => void): Log {
  let last = ''
  let count = 0
  return {
    line: (text) => write(`${text}\n`),
    refused(what) {
      count = what === last ? count + 1 : 1
      last = what
      if (count <= repeated) write(`Refused ${what}.\n`)
      else if ((count & (count - 1)) === 0) write(`Refused ${what}, ${count} times.\n`)
    },
  }
}

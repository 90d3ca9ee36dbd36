import { StringDecoder } from 'node:string_decoder'
import { Failure, exitCode } from './exit'
import { DiagnosticError } from '@shared/errors'

/** Where a person can be asked; null where there is no terminal. */
export type Ask = (label: string, secret: boolean, signal: AbortSignal) => Promise<string | null>

export const interrupted = (): Failure =>
  new Failure(exitCode.interrupted, new DiagnosticError('cancelled', 'Interrupted.'))

const keys = { interrupt: '\u0003', end: '\u0004', backspace: '\b', delete: '\u007f', clearLine: '\u0015' }

/**
 * Asks for one line on the terminal; what is typed shows only where it is no secret. Resolves to null at Ctrl-D on an
 * empty line, rejects with `interrupted` at Ctrl-C: in raw mode the terminal sends no signal for it.
 */
export const askOnTerminal: Ask = (label, secret, signal) => {
  const { stdin, stderr } = process
  stderr.write(label)
  stdin.setRawMode(true)
  stdin.resume()
  const decoder = new StringDecoder('utf8')
  let line: string[] = []
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      stdin.off('data', read)
      signal.removeEventListener('abort', give)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
    }
    const give = (): void => {
      finish()
      resolve(null)
    }
    const read = (data: Buffer): void => {
      for (const character of decoder.write(data)) {
        if (character === '\r' || character === '\n') {
          finish()
          return resolve(line.join(''))
        }
        if (character === keys.interrupt) {
          finish()
          return reject(interrupted())
        }
        if (character === keys.end && line.length === 0) return give()
        line = edited(line, character)
        if (!secret) stderr.write(`\r\u001b[K${label}${line.join('')}`)
      }
    }
    stdin.on('data', read)
    signal.addEventListener('abort', give, { once: true })
  })
}

function edited(line: string[], character: string): string[] {
  if (character === keys.clearLine) return []
  if (character === keys.backspace || character === keys.delete) return line.slice(0, -1)
  return character < ' ' ? line : [...line, character]
}

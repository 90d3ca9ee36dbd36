import { DiagnosticError } from '@shared/errors'
import type { Secret } from './secret'

const longestKey = 256
const largestSecret = 64 * 1024
/** Characters. The file may be attacked without the console, at leisure. */
const shortestPassphrase = 8

export function checkKey(key: string): void {
  if (key !== '' && key.length <= longestKey) return
  throw new DiagnosticError('bad-request', `The name of a secret has 1 to ${longestKey} characters.`)
}

export function checkSize(key: string, secret: Secret): void {
  if (secret.size <= largestSecret) return
  throw new DiagnosticError('limit-exceeded', `A secret has at most ${largestSecret / 1024} KiB.`, {
    where: key,
  })
}

export function checkPassphrase(passphrase: Secret): void {
  if (Array.from(passphrase.reveal()).length >= shortestPassphrase) return
  throw new DiagnosticError('bad-request', `A passphrase has at least ${shortestPassphrase} characters.`, {
    hint: 'Several words are easy to remember and hard to guess.',
  })
}

export const vaultClosed = (): DiagnosticError =>
  new DiagnosticError('cancelled', 'The console is closing: its vault is closed.')

import { DiagnosticError } from '@shared/errors'
import { shownWord } from '../commands/quoting'
import { utils, type ParsedKey } from '../library'
import { deriveWithBcrypt } from './bcrypt'
import { decryptSecret, keyCiphers, plainContainer, readContainer, type KeyContainer } from './key-container'

/** OpenSSH's default is 16; more than this is a mistake or a trap, and would take minutes. */
const mostRounds = 10_000

export class PassphraseNeeded extends Error {
  /** Whether one was given, and was wrong. */
  readonly wrong: boolean

  constructor(wrong: boolean) {
    super(wrong ? 'The passphrase is wrong.' : 'The key is encrypted: it needs its passphrase.')
    this.wrong = wrong
  }
}

/**
 * Reads a private key. Rejects with PassphraseNeeded, or with a DiagnosticError that says what kind of key it
 * is and how to convert it. `label` is the file's name.
 */
export async function readPrivateKey(
  label: string,
  text: string,
  passphrase: string | undefined,
  signal: AbortSignal,
): Promise<ParsedKey> {
  const key = text.replace(/\r\n?/g, '\n').trim()
  refuseOtherFormats(label, key)
  if (!key.includes('-----BEGIN OPENSSH PRIVATE KEY-----')) return parsed(label, key, passphrase)
  const container = readContainer(key)
  if (container === null) throw unreadable(label)
  if (container.kdf === null) return parsed(label, key, undefined)
  return parsed(label, await decryptedText(label, container, passphrase, signal), undefined)
}

async function decryptedText(
  label: string,
  container: KeyContainer,
  passphrase: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const cipher = keyCiphers.get(container.cipher)
  if (cipher === undefined || container.kdf?.name !== 'bcrypt' || container.kdf.rounds > mostRounds) {
    throw unsupported(label, `is encrypted with ${container.cipher}, which cannot be read here`, [
      `Encrypt it anew: ssh-keygen -p -Z aes256-ctr -f ${shownWord(label)}`,
    ])
  }
  if (passphrase === undefined || passphrase === '') throw new PassphraseNeeded(false)
  const { salt, rounds } = container.kdf
  const length = cipher.keyLength + cipher.ivLength
  const derived = await deriveWithBcrypt(passphrase, salt, rounds, length, signal)
  const secret = decryptSecret(container, cipher, derived)
  if (secret === null) throw new PassphraseNeeded(true)
  return plainContainer(container, secret)
}

/** The old PEM form is decrypted by the library: MD5, no time to speak of. */
function parsed(label: string, text: string, passphrase: string | undefined): ParsedKey {
  const encrypted = /^Proc-Type: 4,ENCRYPTED/m.test(text)
  if (encrypted && (passphrase === undefined || passphrase === '')) throw new PassphraseNeeded(false)
  const key = utils.parseKey(text, passphrase)
  if (key instanceof Error) {
    if (/not supported|unsupported/i.test(key.message)) {
      throw unsupported(label, 'is of a kind that cannot be read here', [
        `Convert it: ssh-keygen -p -f ${shownWord(label)}`,
      ])
    }
    if (encrypted) throw new PassphraseNeeded(true)
    throw unreadable(label)
  }
  if (!key.isPrivateKey()) throw publicHalf(label)
  if (key.type === 'ssh-dss') {
    throw unsupported(label, 'is a DSA key, which no current server accepts', [
      'Make a new one: ssh-keygen -t ed25519',
    ])
  }
  return key
}

function refuseOtherFormats(label: string, text: string): void {
  if (/^-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/m.test(text)) {
    throw unsupported(label, 'is in the PKCS#8 format', [
      `Convert it to OpenSSH's format: ssh-keygen -p -f ${shownWord(label)}`,
      '(it asks for the passphrase and changes the file; work on a copy if another program needs it)',
    ])
  }
  if (text.startsWith('PuTTY-User-Key-File-')) {
    throw unsupported(label, 'is in the format of PuTTY', [
      `Convert it: puttygen ${shownWord(label)} -O private-openssh-new -o ${shownWord(`${label}.openssh`)}`,
    ])
  }
  if (/^(?:ssh-|ecdsa-|sk-)\S+ AAAA/.test(text) || /^-----BEGIN (?:RSA |SSH2 )?PUBLIC KEY-----/m.test(text)) {
    throw publicHalf(label)
  }
  if (!/-----BEGIN (?:OPENSSH|RSA|EC|DSA) PRIVATE KEY-----/.test(text)) {
    throw new DiagnosticError('bad-data', `${label} holds no private key.`, {
      where: label,
      hint: 'Choose the file that ssh-keygen made, the one without ".pub".',
    })
  }
}

function unsupported(label: string, what: string, hint: readonly string[]): DiagnosticError {
  return new DiagnosticError('not-supported', `The key ${label} ${what}.`, {
    where: label,
    hint: hint.join(' '),
  })
}

function publicHalf(label: string): DiagnosticError {
  return new DiagnosticError('bad-data', `${label} is the public half of a key.`, {
    where: label,
    hint: 'Choose the file of the same name without ".pub".',
  })
}

function unreadable(label: string): DiagnosticError {
  return new DiagnosticError('bad-data', `The key ${label} is damaged.`, {
    where: label,
    hint: `See whether OpenSSH can read it: ssh-keygen -y -f ${shownWord(label)}`,
  })
}

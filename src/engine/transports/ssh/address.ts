import { readCommand } from './address-command'
import { fail, hiddenCharacter, parseDestination, usage, type Destination } from './address-parts'
import type { JumpHop } from './config/model'

/**
 * What a person typed or pasted to say where to connect; null where it says nothing. The host is a name, an
 * alias of ssh_config or an address without brackets, as typed, but names in ASCII.
 */
export interface TypedAddress extends Destination {
  /** Of a pasted command: `-J` and `-i`. */
  readonly proxyJump: readonly JumpHop[] | null
  readonly identityFiles: readonly string[]
  /** Options of a pasted command that have no meaning here, as `-L`; `command` for one to run. */
  readonly ignored: readonly string[]
}

const longest = 2_048

/**
 * Reads `host`, `user@host`, `host:port`, `[v6]:port`, a bare IPv6 address, `ssh://user@host:port` or a
 * whole `ssh -p 2222 user@host`. What is wrong is refused with `bad-request`, and `where` says at which
 * character (from 1). No message repeats what was typed: it could hold a password.
 */
export function parseAddress(typed: string): TypedAddress {
  if (typed.length > longest) fail('The address is too long.', longest, usage)
  const start = typed.length - typed.trimStart().length
  const text = typed.trim()
  if (text === '') fail('No host was given.', 0, usage)
  const control = hiddenCharacter.exec(text)
  if (control !== null) {
    const code = control[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0') ?? ''
    fail(`The character U+${code} cannot be seen, and does not belong in an address.`, start + control.index)
  }
  // People paste the prompt too.
  const command = /^(?:[$#%>]\s+)?ssh(?:\s+|$)/.exec(text)
  if (command !== null) return readCommand(text.slice(command[0].length), start + command[0].length)
  const blank = text.search(/\s/)
  if (blank >= 0) {
    const hint = 'Write user@host:port, or paste a whole command that begins with ssh.'
    fail('Blanks do not belong in an address.', start + blank, hint)
  }
  return { ...parseDestination(text, start), proxyJump: null, identityFiles: [], ignored: [] }
}

import type { TypedAddress } from './address'
import { checkUser, fail, parseDestination, parsePort, usage } from './address-parts'
import { parseJump } from './config/jump'
import type { JumpHop } from './config/model'

/** The command line of ssh(1), as far as it says where to connect. */

interface ShellWord {
  readonly text: string
  readonly offset: number
}

interface Collected {
  user?: string
  port?: number
  proxyJump?: readonly JumpHop[]
  host?: string
  readonly identityFiles: string[]
  readonly ignored: Set<string>
}

const withValue = 'BbcDEeFIiJLlmOoPpQRSWw'
const withoutValue = '46AaCfGgKkMNnqsTtVvXxYy'

/** What stands behind `ssh`; of options given twice the first counts, as for ssh. */
export function readCommand(text: string, offset: number): TypedAddress {
  const words = splitWords(text, offset)
  const collected: Collected = { identityFiles: [], ignored: new Set() }
  for (let at = 0; at < words.length; at++) {
    const word = words[at]
    if (word === undefined) break
    if (word.text === '--') {
      takeRest(collected, words.slice(at + 1))
      break
    }
    if (word.text.startsWith('-') && word.text.length > 1) {
      if (takeOptions(collected, word, words[at + 1])) at++
    } else if (collected.host === undefined) {
      takeDestination(collected, word)
    } else {
      // Options may stand behind the host; the first other word begins the command to run there.
      collected.ignored.add('command')
      break
    }
  }
  const { host, user, port, proxyJump, identityFiles, ignored } = collected
  if (host === undefined) return fail('The command names no host.', offset + text.length, usage)
  return {
    user: user ?? null,
    host,
    port: port ?? null,
    proxyJump: proxyJump ?? null,
    identityFiles,
    ignored: [...ignored],
  }
}

function takeDestination(collected: Collected, { text, offset }: ShellWord): void {
  const { user, host, port } = parseDestination(text, offset)
  collected.host = host
  if (user !== null) collected.user ??= user
  if (port !== null) collected.port ??= port
}

function takeRest(collected: Collected, words: readonly ShellWord[]): void {
  const [first, ...more] = words
  const isHost = collected.host === undefined
  if (first !== undefined && isHost) takeDestination(collected, first)
  if (isHost ? more.length > 0 : first !== undefined) collected.ignored.add('command')
}

/** One word of options, as `-p`, `-p2222` or `-Ap`; true when its value is the next word. */
function takeOptions(collected: Collected, word: ShellWord, next: ShellWord | undefined): boolean {
  for (let at = 1; at < word.text.length; at++) {
    const letter = word.text.charAt(at)
    if (withoutValue.includes(letter)) {
      collected.ignored.add(`-${letter}`)
      continue
    }
    if (!withValue.includes(letter)) fail('ssh has no such option.', word.offset + at)
    const attached = at + 1 < word.text.length
    const value = attached ? { text: word.text.slice(at + 1), offset: word.offset + at + 1 } : next
    if (value === undefined) return fail('The value of this option is missing.', word.offset + at)
    takeValue(collected, letter, value)
    return !attached
  }
  return false
}

function takeValue(collected: Collected, letter: string, { text, offset }: ShellWord): void {
  switch (letter) {
    case 'p':
      collected.port ??= parsePort(text, offset)
      break
    case 'l':
      checkUser(text, offset)
      collected.user ??= text
      break
    case 'i':
      collected.identityFiles.push(text)
      break
    case 'J':
      collected.proxyJump ??= jumpsOf(text, offset)
      break
    case 'o':
      takeSetting(collected, text, offset)
      break
    default:
      collected.ignored.add(`-${letter}`)
  }
}

/** `-o Name=value` for what the other options say too. */
function takeSetting(collected: Collected, text: string, offset: number): void {
  const [, name = '', gap = '', value = ''] = /^(\w+)(\s*=\s*|\s+)(.*)$/.exec(text) ?? []
  const letter = { port: 'p', user: 'l', identityfile: 'i', proxyjump: 'J' }[name.toLowerCase()]
  if (letter === undefined) collected.ignored.add(`-o ${name}`.trim())
  else takeValue(collected, letter, { text: value, offset: offset + name.length + gap.length })
}

function jumpsOf(text: string, offset: number): readonly JumpHop[] {
  const parsed = parseJump(text)
  return 'hops' in parsed
    ? parsed.hops
    : fail('These are no jump hosts.', offset, 'Write user@host:port, several with commas and no blanks.')
}

/** As a shell splits them: quotes and backslashes keep blanks together; nothing is expanded. */
function splitWords(text: string, offset: number): ShellWord[] {
  const words: ShellWord[] = []
  for (const match of text.matchAll(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+|["'\\]/g)) {
    const [written] = match
    if (/^["'\\]$/.test(written)) fail('A quote is not closed.', offset + match.index)
    words.push({ text: unquoted(written), offset: offset + match.index })
  }
  return words
}

function unquoted(written: string): string {
  return written.replace(/\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, escaped, double, single) =>
    String(escaped ?? single ?? String(double).replace(/\\(["\\$`])/g, '$1')),
  )
}

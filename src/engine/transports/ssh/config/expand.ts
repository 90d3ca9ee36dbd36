import { createHash } from 'node:crypto'
import { printable } from './words'

export type Expanded = { readonly value: string } | { readonly mistake: string }

/** `~` and `~/...` of the local user. Other users' homes are not known here. */
export function expandTilde(path: string, local: { readonly user: string; readonly home: string }): Expanded {
  if (!path.startsWith('~')) return { value: path }
  const slash = path.indexOf('/')
  const user = slash < 0 ? path.slice(1) : path.slice(1, slash)
  if (user !== '' && user !== local.user) {
    return { mistake: `The home directory of ${printable(user)} is not known here: write the whole path.` }
  }
  const below = slash < 0 ? '' : path.slice(slash).replace(/^\/+/, '')
  return { value: `${local.home.replace(/\/$/, '')}/${below}` }
}

/** What `%` and a letter stand for; see TOKENS in ssh_config(5). */
export type Tokens = Readonly<Record<string, string>>

/** Replaces `%x` by the tokens given and `%%` by `%`; with an environment, `${NAME}` too. */
export function expandTokens(
  text: string,
  tokens: Tokens,
  environment?: Readonly<Record<string, string | undefined>>,
): Expanded {
  let value = ''
  for (let at = 0; at < text.length; at++) {
    if (environment !== undefined && text.startsWith('${', at)) {
      const end = text.indexOf('}', at)
      if (end < 0) return { mistake: 'A "${" is not closed.' }
      const name = text.slice(at + 2, end)
      const content = environment[name]
      if (content === undefined) return { mistake: `The environment variable ${printable(name)} is not set.` }
      value += content
      at = end
    } else if (text[at] === '%') {
      const letter = text.charAt(++at)
      const token = letter === '%' ? '%' : Object.hasOwn(tokens, letter) ? tokens[letter] : undefined
      if (token === undefined)
        return { mistake: `"%${letter}" stands for nothing here; a plain % is written "%%".` }
      value += token
    } else {
      value += text.charAt(at)
    }
  }
  return { value }
}

export interface ConnectionFacts {
  readonly localHost: string
  readonly localUser: string
  readonly localUserId: number
  readonly home: string
  /** As asked for. */
  readonly alias: string
  readonly hostName: string
  readonly hostKeyAlias: string | null
  readonly port: number
  readonly user: string
}

/** The tokens that paths may hold. */
export function pathTokens(facts: ConnectionFacts): Tokens {
  const port = String(facts.port)
  return {
    C: createHash('sha1')
      .update(facts.localHost + facts.hostName + port + facts.user)
      .digest('hex'),
    L: facts.localHost.split('.')[0] ?? '',
    d: facts.home,
    h: facts.hostName,
    i: String(facts.localUserId),
    k: facts.hostKeyAlias ?? facts.alias,
    l: facts.localHost,
    n: facts.alias,
    p: port,
    r: facts.user,
    u: facts.localUser,
  }
}

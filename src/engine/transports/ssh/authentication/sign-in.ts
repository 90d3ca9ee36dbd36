import { DiagnosticError } from '@shared/errors'
import { errorOf, excerpt, SshConnectError } from '../failures'
import type { AnyAuthMethod, ParsedKey } from '../library'
import type { SshTarget } from '../target'
import { WatchedAgent } from './agent'
import type { AuthenticationMethod } from './methods'
import type { PauseableTimer, Person } from './person'
import { PassphraseNeeded, readPrivateKey } from './private-key'
import { refusal, type AcceptedMethods, type Attempt } from './refusal'

const mostTries = 3

type KeyMethod = Extract<AuthenticationMethod, { kind: 'key' }>
type UnreadKey = Extract<AuthenticationMethod, { kind: 'unread-key' }>
type AgentMethod = Extract<AuthenticationMethod, { kind: 'agent' }>
type PasswordMethod = Extract<AuthenticationMethod, { kind: 'password' }>

/** What the library is to send next, or null where this method cannot be used. */
type Next = AnyAuthMethod | null

export interface SignInContext {
  readonly hop: SshTarget
  readonly person: Person
  /** Of what the server owes; stands still while an agent may wait for a touch. */
  readonly timer: PauseableTimer
  readonly signal: AbortSignal
  /** The server owes an answer from now on. */
  readonly onSent: () => void
  /** The person gave up in the middle of an exchange. */
  readonly onGivenUp: (error: Error) => void
}

/** Walks through the methods with one server; keeps what was tried, never the secrets. */
export class SignIn {
  readonly #context: SignInContext
  readonly #source: () => Promise<readonly AuthenticationMethod[]>
  #methods: AuthenticationMethod[] = []
  readonly #attempts: Attempt[] = []
  #accepted: AcceptedMethods = null
  #partly = false
  /** The method under way, for the outcome that the next call brings. */
  #current: string | undefined
  /** The library does not pass on what the server answered to the keys of an agent. */
  #stale = false
  #agent: WatchedAgent | undefined
  #password = ''

  constructor(context: SignInContext, methods: () => Promise<readonly AuthenticationMethod[]>) {
    this.#context = context
    this.#source = methods
  }

  /** The password that was sent last, for the server that wants it changed. */
  get password(): string {
    return this.#password
  }

  /** The library's question: what next? Rejects when nothing is left. */
  async next(accepted: AcceptedMethods, partly: boolean): Promise<AnyAuthMethod> {
    const username = this.#context.hop.user
    if (accepted === null) {
      this.#methods = [...(await this.#source())]
      return this.#send(undefined, { type: 'none', username })
    }
    this.#settleCurrent(partly)
    if (!this.#stale || this.#current === undefined) this.#accepted = accepted
    this.#current = undefined
    if (partly) this.#partly = true
    if (this.#stale && this.#methods.length > 0) {
      this.#stale = false
      // Asks anew what is accepted: after a key of the agent it may be something else.
      return this.#send(undefined, { type: 'none', username })
    }
    for (let method = this.#methods.shift(); method; method = this.#methods.shift()) {
      const next = await this.#prepare(method)
      if (next !== null) return next
    }
    throw this.refused()
  }

  /** Also for a server that ends the connection instead of refusing. */
  refused(): SshConnectError {
    this.#settleCurrent(false)
    this.#current = undefined
    return refusal(this.#context.hop, this.#attempts, this.#accepted, this.#partly)
  }

  #settleCurrent(partly: boolean): void {
    if (this.#current === undefined) return
    const agent = this.#agent
    this.#agent = undefined
    if (agent === undefined) {
      this.#note(this.#current, partly ? 'accepted' : 'refused')
    } else if (agent.offered === 0) this.#note(this.#current, 'it holds no key for this')
    else this.#note(`${this.#current}, ${agent.offered ?? 0} keys`, agent.trouble ?? 'refused')
  }

  #note(what: string, outcome: string): void {
    this.#attempts.push({ what, outcome })
  }

  #send(what: string | undefined, method: AnyAuthMethod): AnyAuthMethod {
    this.#current = what
    this.#context.onSent()
    return method
  }

  #prepare(method: AuthenticationMethod): Next | Promise<Next> {
    switch (method.kind) {
      case 'key':
        return this.#key(method)
      case 'unread-key':
        return this.#unread(method)
      case 'agent':
        return this.#fromAgent(method)
      case 'password':
        return this.#withPassword(method)
      case 'keyboard-interactive':
        return this.#interactive('keyboard-interactive', undefined)
    }
  }

  #accepts(name: string, what: string): boolean {
    if (this.#accepted?.includes(name) ?? true) return true
    this.#note(what, 'the server does not accept this method')
    return false
  }

  async #key(method: KeyMethod): Promise<Next> {
    const what = `key ${excerpt(method.label)}`
    if (!this.#accepts('publickey', what)) return null
    let key: ParsedKey
    try {
      key = await this.#readKey(method)
    } catch (thrown) {
      if (thrown instanceof SshConnectError || this.#context.signal.aborted) throw thrown
      return this.#unusable(what, thrown)
    }
    return this.#send(what, {
      type: 'publickey',
      username: this.#context.hop.user,
      key: withoutSha1(key),
    })
  }

  #unread({ label, error }: UnreadKey): null {
    const name = excerpt(label)
    if (!this.#accepts('publickey', `key ${name}`)) return null
    const { message, hint } = error
    const alone = new DiagnosticError('authentication-failed', `${name}: ${message}`, { hint })
    return this.#unusable(`key ${name}`, error, alone)
  }

  /** With nothing else to try, the key's own error says best what to do: then it throws `alone`. */
  #unusable(what: string, thrown: unknown, alone = thrown): null {
    const hint = thrown instanceof DiagnosticError && thrown.hint ? ` ${thrown.hint}` : ''
    this.#note(what, `${errorOf(thrown).message}${hint}`)
    if (this.#methods.length === 0 && this.#attempts.length === 1) throw this.#keyError(alone)
    return null
  }

  #keyError(thrown: unknown): SshConnectError {
    const error = errorOf(thrown)
    const [code, hint] =
      error instanceof DiagnosticError
        ? [error.code, error.hint]
        : (['authentication-failed', 'Enter the passphrase of the key, or load it with ssh-add.'] as const)
    return new SshConnectError('authenticate', this.#context.hop, code, error.message, { hint })
  }

  async #readKey({ label, text, passphrase }: KeyMethod): Promise<ParsedKey> {
    const { person, signal } = this.#context
    let current = passphrase
    for (let asked = 0; ;) {
      try {
        return await readPrivateKey(label, text, current, signal)
      } catch (thrown) {
        if (!(thrown instanceof PassphraseNeeded) || !person.available || asked === mostTries) throw thrown
        const [answer] = await person.ask({
          kind: 'passphrase',
          title: `Passphrase of ${label}`,
          instructions: '',
          prompts: [{ text: `Passphrase of ${label}`, secret: true }],
          again: thrown.wrong,
        })
        current = answer
        asked += 1
      }
    }
  }

  #fromAgent({ socket = process.env['SSH_AUTH_SOCK'], only }: AgentMethod): Next {
    if (!this.#accepts('publickey', 'agent')) return null
    if (socket === undefined || socket === '') {
      this.#note('agent', 'none is running here: SSH_AUTH_SOCK is not set')
      return null
    }
    this.#agent = new WatchedAgent(socket, this.#context.timer, only)
    this.#stale = true
    return this.#send('agent', { type: 'agent', username: this.#context.hop.user, agent: this.#agent })
  }

  async #withPassword(method: PasswordMethod): Promise<Next> {
    const accepted = this.#accepted ?? []
    const interactive = !accepted.includes('password') && accepted.includes('keyboard-interactive')
    if (!interactive && !this.#accepts('password', 'password')) return null
    const password = method.password ?? (await this.#askPassword())
    if (password === null) {
      this.#note('password', 'none was given')
      return null
    }
    if (interactive) return this.#interactive('password, keyboard-interactive', password)
    this.#password = password
    return this.#send('password', { type: 'password', username: this.#context.hop.user, password })
  }

  async #askPassword(): Promise<string | null> {
    const { person, hop } = this.#context
    if (!person.available) return null
    const tries = this.#attempts.filter(({ what }) => what.startsWith('password')).length
    const [password = ''] = await person.ask({
      kind: 'password',
      title: `Password of ${hop.user}`,
      instructions: '',
      prompts: [{ text: `Password of ${hop.user} on ${hop.host}`, secret: true }],
      again: tries > 0,
    })
    if (tries + 1 < mostTries) this.#methods.unshift({ kind: 'password' })
    return password
  }

  /** `password` answers the first prompt where that is a single hidden one, as PAM's is. */
  #interactive(what: string, password: string | undefined): Next {
    if (!this.#accepts('keyboard-interactive', what)) return null
    const { person, hop, signal, onGivenUp } = this.#context
    let unused = password
    return this.#send(what, {
      type: 'keyboard-interactive',
      username: hop.user,
      prompt: (name, instructions, _language, prompts, finish) => {
        const [first] = prompts
        if (unused !== undefined && prompts.length === 1 && first && !first.echo) {
          finish([unused])
          unused = undefined
          return
        }
        if (!person.available) return finish(prompts.map(() => ''))
        person
          .ask({
            kind: 'keyboard-interactive',
            title: name === '' ? `Sign-in of ${hop.user} on ${hop.host}` : name,
            instructions,
            prompts: prompts.map(({ prompt, echo }) => ({ text: prompt, secret: echo !== true })),
            again: false,
          })
          .then(
            (answers) => !signal.aborted && finish([...answers]),
            (thrown: unknown) => onGivenUp(errorOf(thrown)),
          )
      },
    })
  }
}

/** The same key, which refuses to sign with SHA-1 for servers that know nothing newer. */
function withoutSha1(key: ParsedKey): ParsedKey {
  if (key.type !== 'ssh-rsa') return key
  const sign = (data: Buffer | string, algorithm?: string): Buffer | Error =>
    algorithm === 'sha256' || algorithm === 'sha512'
      ? key.sign(data, algorithm)
      : new Error('The server takes this RSA key with SHA-1 only.')
  return new Proxy(key, {
    get: (target, name): unknown => (name === 'sign' ? sign : Reflect.get(target, name)),
  })
}

import { fingerprint } from '../known-hosts/fingerprint'
import type { PauseableTimer } from './person'
import { BaseAgent, OpenSSHAgent, type ParsedKey } from '../library'

const listDeadline = 10_000
/** An agent may wait for a touch on a token, or ask the person itself. */
const signDeadline = 120_000

type SignOptions = { hash?: string } | undefined
type SignDone = (error?: Error | null, signature?: Buffer) => void
type ListDone = (error?: Error | null, keys?: ParsedKey[]) => void

/**
 * An ssh-agent: with deadlines of its own, during which the server's stands still, without SHA-1 signatures, and it
 * remembers what it was asked.
 */
export class WatchedAgent extends BaseAgent<ParsedKey> {
  readonly #agent: InstanceType<typeof OpenSSHAgent>
  readonly #timer: PauseableTimer
  readonly #only: readonly string[] | undefined
  /** How many keys were offered to the server; null before the agent answered. */
  offered: number | null = null
  /** What went wrong in the agent, for a person. */
  trouble: string | undefined

  constructor(socket: string, timer: PauseableTimer, only?: readonly string[]) {
    super()
    this.#agent = new OpenSSHAgent(socket)
    this.#timer = timer
    this.#only = only
  }

  override getIdentities(done: ListDone): void {
    const answer = within(listDeadline, done, 'the agent does not answer')
    this.#agent.getIdentities((error, keys) => {
      if (error) {
        this.trouble ??= 'the agent cannot be reached'
        return answer(error)
      }
      const wanted = (keys ?? [])
        .filter((key): key is ParsedKey => 'getPublicSSH' in key)
        .filter((key) => this.#only?.includes(fingerprint(key.getPublicSSH())) ?? true)
      this.offered = wanted.length
      answer(null, wanted)
    })
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    optionsOrDone: SignOptions | SignDone,
    maybeDone?: SignDone,
  ): void {
    const [options, done] =
      typeof optionsOrDone === 'function' ? [undefined, optionsOrDone] : [optionsOrDone, maybeDone]
    this.#timer.pause()
    const finish: SignDone = (error, signature) => {
      this.#timer.resume()
      done?.(error, signature)
    }
    const answer = within<Buffer>(signDeadline, finish, 'the agent did not sign')
    if (key.type === 'ssh-rsa' && options?.hash !== 'sha256' && options?.hash !== 'sha512') {
      return answer(new Error('The server takes this RSA key with SHA-1 only.'))
    }
    const signed: SignDone = (error, signature) => {
      if (error) this.trouble ??= 'the agent refused to sign'
      answer(error, signature)
    }
    if (options?.hash === 'sha256' || options?.hash === 'sha512') {
      this.#agent.sign(key, data, { hash: options.hash }, signed)
    } else this.#agent.sign(key, data, signed)
  }
}

function within<T>(
  milliseconds: number,
  done: (error?: Error | null, value?: T) => void,
  late: string,
): (error?: Error | null, value?: T) => void {
  let settled = false
  const settle = (error?: Error | null, value?: T): void => {
    if (settled) return
    settled = true
    clearTimeout(timer)
    done(error, value)
  }
  const timer = setTimeout(() => settle(new Error(late)), milliseconds)
  return settle
}

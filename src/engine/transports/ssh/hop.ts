import type { Duplex } from 'node:stream'
import type { AuthenticationType, NextAuthHandler } from 'ssh2'
import { DiagnosticError } from '@shared/errors'
import { onAbort } from '../common/abort'
import { offeredAlgorithms, cryptoKind, hostKeyAlgorithms } from './algorithms'
import type { AuthenticationMethod } from './authentication/methods'
import { askNewPassword, personFor, type Person } from './authentication/person'
import { SignIn } from './authentication/sign-in'
import { errorOf, SshConnectError } from './failures'
import { closedError, lateError, lostError, tooManyAttempts, type HopTrouble } from './hop-errors'
import { identityOf, sameKey } from './identity'
import { Client, type Client as ClientType } from './library'
import { remoteSoftware, setOldPassword } from './library-internals'
import { Lifetime } from './lifetime'
import type { Keepalive, SshConnectOptions, SshStage, SshTimeouts } from './options'
import { StageTimer } from './stage-timer'
import type { SshTarget } from './target'

const longestGreeting = 256

export interface Negotiated {
  readonly keyExchange: string
  readonly hostKey: string
  /** Towards the host and back; they are nearly always the same. */
  readonly cipher: readonly [up: string, down: string]
  /** Null where the cipher authenticates by itself (GCM, ChaCha20-Poly1305). */
  readonly mac: readonly [up: string | null, down: string | null]
  readonly compressed: boolean
  /** Whether the library encrypts with its compiled addon. */
  readonly crypto: 'native' | 'fallback'
  /** `OpenSSH_9.2p1`; null where it is not known. */
  readonly server: string | null
}

/** A server that has been verified and has let us in. */
export interface Hop {
  readonly target: SshTarget
  readonly client: ClientType
  readonly stream: Duplex
  readonly negotiated: Negotiated
  /** Ends when the connection has ended, before any of its channels says so. */
  readonly life: Lifetime
}

export interface HopRequest {
  readonly target: SshTarget
  /** Connected already; belongs to the hop from now on, also when it fails. */
  readonly stream: Duplex
  /** Asked for once the host's identity is accepted. */
  readonly methods: () => Promise<readonly AuthenticationMethod[]>
  readonly options: SshConnectOptions
  readonly timeouts: SshTimeouts
  /** Null for a hop that another connection runs through: that one's pings are enough. */
  readonly keepalive: Keepalive | null
  readonly signal: AbortSignal
}

/** Handshake, verdict, sign-in. Rejects with the stage's error; the stream is destroyed then. */
export function openHop(request: HopRequest): Promise<Hop> {
  return new Promise((resolve, reject) => {
    new HopOpening(request, resolve, reject).begin()
  })
}

class HopOpening {
  readonly #request: HopRequest
  readonly #client = new Client()
  readonly #resolve: (hop: Hop) => void
  readonly #reject: (error: Error) => void
  readonly #life = new Lifetime()
  readonly #timer: StageTimer
  /** Tells the person's dialogs that the attempt is over. */
  readonly #over = new AbortController()
  readonly #person: Person
  readonly #signIn: SignIn
  #stage: SshStage = 'connect'
  #pinned: Buffer | undefined
  #negotiated: Negotiated | undefined
  #lastError: Error | undefined
  #greeting = ''
  #proven: () => void = () => undefined
  #settled = false
  #unlisten: () => void = () => undefined

  constructor(request: HopRequest, resolve: (hop: Hop) => void, reject: (error: Error) => void) {
    this.#request = request
    this.#resolve = resolve
    this.#reject = reject
    const { target, options, timeouts } = request
    const { signal } = this.#over
    this.#timer = new StageTimer((milliseconds) => this.#fail(lateError(this.#trouble(), milliseconds)))
    this.#person = personFor(target, options.ask, this.#timer, signal)
    const onSent = (): void => this.#timer.start(timeouts.authenticate)
    const onGivenUp = (error: Error): void => this.#fail(error)
    this.#signIn = new SignIn(
      { hop: target, signal, person: this.#person, timer: this.#timer, onSent, onGivenUp },
      request.methods,
    )
  }

  begin(): void {
    const { stream, signal, target, options, timeouts, keepalive } = this.#request
    this.#unlisten = onAbort(signal, () => this.#fail(errorOf(signal.reason)))
    if (this.#settled) return
    this.#listen()
    this.#timer.start(timeouts.handshake)
    try {
      this.#client.connect({
        sock: stream,
        username: target.user,
        ident: 'XcpDiagnosticConsole',
        algorithms: offeredAlgorithms(
          options.hostKeyAlgorithms?.(target, hostKeyAlgorithms),
          options.compression,
        ),
        hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => this.#verify(key, verify),
        authHandler: (accepted, partly, next) => this.#authenticate(accepted, partly, next),
        strictVendor: false,
        // Its clock would run while a person decides: the stages have their own deadlines.
        readyTimeout: 0,
        // It only sends the pings; PeerWatch counts what comes back.
        ...(keepalive && { keepaliveInterval: keepalive.interval, keepaliveCountMax: 2 ** 31 }),
      })
      stream.on('data', this.#peek)
    } catch (thrown) {
      this.#fail(errorOf(thrown))
    }
  }

  /** What is no SSH server says who it is in its first words. */
  readonly #peek = (chunk: Buffer): void => {
    this.#greeting += chunk.toString('latin1', 0, longestGreeting)
    if (this.#greeting.length >= longestGreeting) this.#request.stream.off('data', this.#peek)
  }

  #listen(): void {
    const { target, options, timeouts } = this.#request
    this.#client.on('handshake', (algorithms) => {
      const { kex, serverHostKey, cs, sc } = algorithms
      this.#negotiated ??= {
        keyExchange: kex,
        hostKey: serverHostKey,
        cipher: [cs.cipher, sc.cipher],
        mac: [cs.mac || null, sc.mac || null],
        compressed: sc.compress !== 'none',
        crypto: cryptoKind(),
        server: remoteSoftware(this.#client),
      }
      if (this.#stage !== 'identity') return
      this.#proven()
      this.#enter('authenticate')
      this.#timer.start(timeouts.authenticate)
    })
    this.#client.on('banner', (text) => options.onBanner?.(text, target))
    this.#client.on('change password', (message, done) => this.#changePassword(message, done))
    this.#client.on('ready', () => this.#ready())
    // Stays for good: an error that comes while nobody listens must not end the engine.
    this.#client.on('error', (error) => {
      // Of a key or an agent: the sign-in goes on with the next method.
      if (error.level !== 'agent' && error.level !== 'client-authentication') this.#lastError ??= error
    })
    this.#client.on('close', () => {
      this.#life.end(lostError(target, this.#lastError))
      this.#fail(this.#closedReason())
    })
  }

  #enter(stage: SshStage): void {
    this.#stage = stage
    this.#request.options.onStage?.(stage, this.#request.target)
  }

  /** Called at the first key exchange, and at each later one. */
  #verify(key: Buffer, verify: (valid: boolean) => void): void {
    const { target, options, timeouts } = this.#request
    if (this.#pinned !== undefined) {
      const same = sameKey(this.#pinned, key)
      if (!same) this.#lastError ??= keyChanged(target)
      return verify(same)
    }
    const candidate = Buffer.from(key)
    this.#enter('identity')
    this.#timer.pause()
    const decide = async (): Promise<void> => {
      const verdict = await options.verifyIdentity(identityOf(target, candidate), this.#over.signal)
      if (this.#settled) return
      this.#timer.resume()
      if (!verdict.accepted) {
        const { reason, hint } = verdict
        throw new SshConnectError('identity', target, 'identity-refused', reason, { hint })
      }
      this.#pinned = candidate
      this.#proven = verdict.proven ?? this.#proven
      this.#timer.start(timeouts.handshake)
      verify(true)
    }
    decide().catch((thrown: unknown) => this.#fail(errorOf(thrown)))
  }

  #authenticate(accepted: AuthenticationType[] | null, partly: boolean, next: NextAuthHandler): void {
    // Reading a key may take seconds, and the server waits for us.
    this.#timer.pause()
    this.#signIn
      .next(accepted, partly)
      .finally(() => this.#timer.resume())
      .then(
        (method) => {
          if (!this.#settled) next(method)
        },
        (thrown: unknown) => this.#fail(errorOf(thrown)),
      )
  }

  #changePassword(message: string, done: (password: string) => void): void {
    const { target } = this.#request
    askNewPassword(this.#person, target, message).then(
      (password) => {
        if (this.#settled) return
        if (setOldPassword(this.#client, this.#signIn.password)) done(password)
        else this.#fail(this.#signIn.refused())
      },
      (thrown: unknown) => this.#fail(errorOf(thrown)),
    )
  }

  #ready(): void {
    const { target, stream } = this.#request
    if (this.#settled || this.#negotiated === undefined) return
    this.#settle()
    this.#lastError = undefined
    this.#resolve({
      target,
      stream,
      client: this.#client,
      negotiated: this.#negotiated,
      life: this.#life,
    })
  }

  #trouble(): HopTrouble {
    return {
      target: this.#request.target,
      stage: this.#stage,
      error: this.#lastError,
      greeting: this.#greeting,
      answered: this.#pinned !== undefined,
    }
  }

  #closedReason(): Error {
    const message = this.#lastError?.message ?? ''
    if (/too many authentication failures/i.test(message)) return tooManyAttempts(this.#signIn.refused())
    return closedError(this.#trouble())
  }

  #fail(error: Error): void {
    if (this.#settled) return
    this.#settle()
    // Not `end()`: a peer that does not answer would keep it open.
    this.#request.stream.destroy()
    this.#reject(error)
  }

  #settle(): void {
    this.#settled = true
    this.#unlisten()
    this.#request.stream.off('data', this.#peek)
    this.#timer.stop()
    this.#over.abort(new DiagnosticError('cancelled', 'The connection attempt is over.'))
  }
}

function keyChanged(target: SshTarget): DiagnosticError {
  return new SshConnectError(
    'identity',
    target,
    'identity-refused',
    'The host presented another key in the middle of the connection.',
    {
      hint: 'Somebody else may answer in its place. Ask the administrator of the host before you connect again.',
    },
  )
}

import { lookup } from 'node:dns/promises'
import { connect, isIP, type Socket } from 'node:net'
import { onAbort } from '../common/abort'
import { errorOf, SshConnectError } from './failures'
import { endpointText, type SshTarget } from './target'

/**
 * A further socket is tried after so long: for the next address, or for the same again, because the kernel
 * repeats a lost SYN after 1, 3, 7, ... seconds and a network that heals should be found at once.
 */
const stagger = 1_000
const socketsAtOnce = 4

/** All addresses of a name, in the system's order. */
export async function resolveAddresses(hop: SshTarget, signal: AbortSignal): Promise<string[]> {
  if (isIP(hop.host) !== 0) return [hop.host]
  try {
    const found = await abortable(lookup(hop.host, { all: true, verbatim: true }), signal)
    if (found.length > 0) return found.map(({ address }) => address)
  } catch (thrown) {
    if (signal.aborted) throw thrown
    throw unresolved(hop, thrown)
  }
  throw unresolved(hop, undefined)
}

function unresolved(hop: SshTarget, cause: unknown): SshConnectError {
  const code = systemCode(cause)
  const busy = code === 'EAI_AGAIN'
  const reason = busy ? 'the name server does not answer' : 'there is no such name'
  return new SshConnectError('resolve', hop, 'unreachable', `"${hop.host}" has no address: ${reason}.`, {
    hint: busy
      ? "Check this machine's network and name servers."
      : 'Check the spelling, or use the address instead of the name.',
    cause,
  })
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const unlisten = onAbort(signal, () => reject(errorOf(signal.reason)))
    work.then(resolve, reject).finally(unlisten)
  })
}

/** Tries the addresses one after the other, without waiting for those that do not answer. */
export function dial(hop: SshTarget, addresses: readonly string[], signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const attempt = new Dialling(hop, addresses, resolve, reject)
    const unlisten = onAbort(signal, () => attempt.fail(errorOf(signal.reason)))
    attempt.onSettled = unlisten
    attempt.next()
  })
}

class Dialling {
  readonly #hop: SshTarget
  readonly #addresses: readonly string[]
  readonly #resolve: (socket: Socket) => void
  readonly #reject: (error: Error) => void
  readonly #sockets = new Set<Socket>()
  /** The last error of each address that gave one. */
  readonly #refused = new Map<string, Error>()
  #tried = 0
  #timer: NodeJS.Timeout | undefined
  #settled = false
  onSettled: () => void = () => undefined

  constructor(
    hop: SshTarget,
    addresses: readonly string[],
    resolve: (socket: Socket) => void,
    reject: (error: Error) => void,
  ) {
    this.#hop = hop
    this.#addresses = addresses
    this.#resolve = resolve
    this.#reject = reject
  }

  next(): void {
    clearTimeout(this.#timer)
    if (this.#settled) return
    const open = this.#addresses.filter((address) => !this.#refused.has(address))
    const address = open[this.#tried % open.length]
    if (address === undefined) return
    if (this.#sockets.size < socketsAtOnce) this.#try(address)
    this.#timer = setTimeout(() => this.next(), stagger)
  }

  #try(address: string): void {
    this.#tried += 1
    // ssh2 never sets it, and small packets would wait for the acknowledgement of the one before.
    const socket = connect({ host: address, port: this.#hop.port, noDelay: true })
    this.#sockets.add(socket)
    socket.once('connect', () => {
      this.#sockets.delete(socket)
      socket.removeAllListeners('error')
      this.#settle(() => this.#resolve(socket))
    })
    socket.once('error', (error) => {
      this.#sockets.delete(socket)
      this.#refused.set(address, error)
      if (this.#refused.size === this.#addresses.length) this.fail(refusal(this.#hop, this.#refused))
      else this.next()
    })
  }

  fail(error: Error): void {
    this.#settle(() => this.#reject(error))
  }

  #settle(finish: () => void): void {
    if (this.#settled) return
    this.#settled = true
    clearTimeout(this.#timer)
    for (const socket of this.#sockets) socket.on('error', () => undefined).destroy()
    this.onSettled()
    finish()
  }
}

const reasons: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ECONNREFUSED: [
    'nothing accepts connections there',
    'Check the port, and that the SSH server runs on the host.',
  ],
  EHOSTUNREACH: ['there is no route to the host', 'Check that the host is on, and the network between.'],
  ENETUNREACH: ['there is no route to its network', "Check this machine's network, or a VPN that it needs."],
  ECONNRESET: ['the connection was closed at once', 'Check for a firewall between, and the SSH server.'],
  EACCES: ['this machine does not allow it', 'Check the firewall of this machine.'],
  ETIMEDOUT: ['it does not answer', 'Check that the host is on, and for a firewall between.'],
}

function refusal(hop: SshTarget, errors: ReadonlyMap<string, Error>): SshConnectError {
  const [cause] = errors.values()
  const [reason, hint] = reasons[systemCode(cause) ?? ''] ?? [cause?.message ?? 'unknown reason', undefined]
  return new SshConnectError(
    'connect',
    hop,
    'unreachable',
    `${endpointText(hop)} cannot be reached: ${reason}.`,
    { hint, cause },
  )
}

function systemCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined
}

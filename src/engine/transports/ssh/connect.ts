import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { DiagnosticError } from '@shared/errors'
import { onAbort } from '../common/abort'
import type { SshAuthentication } from './authentication/methods'
import { ChannelStream } from './channel-stream'
import { called, openRefusal, refusalReason } from './connection'
import { dial, resolveAddresses } from './dial'
import { errorOf, excerpt, SshConnectError } from './failures'
import { withHandshakePlace } from './handshake-gate'
import { openHop, type Hop } from './hop'
import type { ClientChannel } from './library'
import { defaultKeepalive, defaultTimeouts, type SshConnectOptions } from './options'
import { establish } from './established'
import type { SshTransport } from './ssh-transport'
import { endpointKey, endpointText, hopsOf, longestChain, targetText, type SshTarget } from './target'

/** Attempts with a server that hangs up before it says anything, because it is busy. */
const mostDrops = 8
const firstDropWait = 150

/** See `connectSsh`. */
export async function connect(target: SshTarget, options: SshConnectOptions): Promise<SshTransport> {
  const hops = hopsOf(target)
  if (hops.length > longestChain) {
    throw new DiagnosticError('bad-request', `More than ${longestChain - 1} jump hosts are not supported.`, {
      where: targetText(target),
    })
  }
  const controller = new AbortController()
  const unlisten = onAbort(options.signal, () => controller.abort(cancelReason(options.signal, target)))
  const opened: Hop[] = []
  try {
    for (const hop of hops) {
      const last = hop === target
      opened.push(await openNext(hop, opened.at(-1), last, options, controller.signal))
    }
    return await establish(opened, options, controller.signal)
  } catch (thrown) {
    for (const hop of opened.reverse()) hop.stream.destroy()
    throw thrown
  } finally {
    unlisten()
  }
}

function cancelReason(signal: AbortSignal | undefined, target: SshTarget): DiagnosticError {
  return signal?.reason instanceof DiagnosticError
    ? signal.reason
    : new DiagnosticError('cancelled', `Connecting to ${targetText(target)} was cancelled.`)
}

function openNext(
  hop: SshTarget,
  before: Hop | undefined,
  isLast: boolean,
  options: SshConnectOptions,
  signal: AbortSignal,
): Promise<Hop> {
  return withHandshakePlace(endpointKey(hop), signal, async () => {
    for (let drops = 1; ; drops += 1) {
      try {
        return await openOnce(hop, before, isLast, options, signal)
      } catch (thrown) {
        const again = thrown instanceof SshConnectError && thrown.mayRetry && drops < mostDrops
        if (!again) throw thrown
        await sleep(firstDropWait * drops * (0.5 + Math.random()), undefined, { signal })
      }
    }
  })
}

async function openOnce(
  hop: SshTarget,
  before: Hop | undefined,
  isLast: boolean,
  options: SshConnectOptions,
  signal: AbortSignal,
): Promise<Hop> {
  const given = typeof options.timeouts === 'function' ? options.timeouts(hop) : options.timeouts
  const timeouts = { ...defaultTimeouts, ...given }
  const stream = before
    ? await throughJump(hop, before, timeouts.connect, options, signal)
    : await direct(hop, options, timeouts, signal)
  return openHop({
    target: hop,
    stream,
    methods: async () => (await authenticationOf(options, hop)).methods,
    options,
    timeouts,
    keepalive: isLast ? { ...defaultKeepalive, ...options.keepalive } : null,
    signal,
  })
}

const authenticationOf = (
  { authentication }: SshConnectOptions,
  hop: SshTarget,
): SshAuthentication | Promise<SshAuthentication> =>
  typeof authentication === 'function' ? authentication(hop) : authentication

async function direct(
  hop: SshTarget,
  options: SshConnectOptions,
  timeouts: { readonly resolve: number; readonly connect: number },
  signal: AbortSignal,
): Promise<Socket> {
  options.onStage?.('resolve', hop)
  const addresses = await within(
    timeouts.resolve,
    signal,
    () =>
      new SshConnectError('resolve', hop, 'timeout', `Looking up "${hop.host}" takes too long.`, {
        hint: "Check this machine's name servers, or use the address instead of the name.",
      }),
    (ended) => resolveAddresses(hop, ended),
  )
  options.onStage?.('connect', hop)
  return within(
    timeouts.connect,
    signal,
    () =>
      new SshConnectError(
        'connect',
        hop,
        'timeout',
        `${endpointText(hop)} does not answer within ${timeouts.connect / 1000} s.`,
        { hint: 'Check that the host is on, and for a firewall between that drops the packets.' },
      ),
    (ended) => dial(hop, addresses, ended),
  )
}

/** A stream to the next hop, through the one before. */
async function throughJump(
  hop: SshTarget,
  before: Hop,
  deadline: number,
  options: SshConnectOptions,
  signal: AbortSignal,
): Promise<Duplex> {
  options.onStage?.('connect', hop)
  const opening = called<ClientChannel>((done) =>
    before.client.forwardOut('127.0.0.1', 0, hop.host, hop.port, done),
  )
  const late = (): SshConnectError =>
    new SshConnectError(
      'connect',
      hop,
      'timeout',
      `${before.target.host} did not reach ${endpointText(hop)} within ${deadline / 1000} s.`,
      { hint: 'Check that the host is on, and that the jump host may reach it.' },
    )
  try {
    return new ChannelStream(await within(deadline, signal, late, () => opening))
  } catch (thrown) {
    opening.then(
      (channel) => channel.close(),
      () => undefined,
    )
    throw jumpError(hop, before, errorOf(thrown))
  }
}

function jumpError(hop: SshTarget, before: Hop, error: Error): Error {
  if (error instanceof DiagnosticError) return error
  const said = excerpt(error.message.replace(/^\(SSH\) Channel open failure: /, ''))
  const jump = before.target.host
  if (refusalReason(error) === openRefusal.prohibited) {
    return new SshConnectError(
      'connect',
      hop,
      'not-supported',
      `The jump host ${jump} does not forward to ${endpointText(hop)}: ${said}.`,
      { hint: 'See AllowTcpForwarding and PermitOpen in the sshd_config of the jump host.', cause: error },
    )
  }
  return new SshConnectError(
    'connect',
    hop,
    'unreachable',
    `The jump host ${jump} cannot reach ${endpointText(hop)}: ${said}.`,
    { hint: 'Check the name and the port, as the jump host sees them.', cause: error },
  )
}

/** Work under a deadline and a signal; `ended` tells it. */
function within<T>(
  milliseconds: number,
  signal: AbortSignal,
  late: () => Error,
  work: (ended: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController()
    const fail = (error: Error): void => {
      controller.abort(error)
      reject(error)
    }
    const timer = setTimeout(() => fail(late()), milliseconds)
    const unlisten = onAbort(signal, () => fail(errorOf(signal.reason)))
    work(controller.signal)
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer)
        unlisten()
      })
  })
}

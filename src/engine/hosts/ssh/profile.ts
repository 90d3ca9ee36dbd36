import { DiagnosticError } from '@shared/errors'
import type { ConnectionView, Finding } from '@shared/model/host'
import type { SavedHost } from '@shared/model/saved-host'
import type { SourceDescriptor } from '../../sources/source'
import { connectSsh, type SshConnectOptions, type SshTransport } from '../../transports/ssh'
import { configFindings } from './config-findings'
import { hostKeyAlgorithmsFor } from './host-key-order'
import { Attempt } from './attempt'
import { IdentityJudge } from './identity'
import { keepaliveOf, timeoutsOf } from './limits'
import { Notes } from './notes'
import { SignInQuestions } from './questions'
import { planRoute, type PlannedRoute } from './route'
import { signInMethods } from './sign-in'
import type { HostProfile, OpenedHost } from '../profile'
import type { Vault } from '../../vault'
import type { PromptBoard } from '../prompt-board'
import { endpointText, hopsOf, targetText } from '../../transports/ssh/target'

export interface SshServices {
  readonly sources: readonly SourceDescriptor[]
  readonly prompts: PromptBoard
  readonly vault: Vault
  /** Where there are some, the host itself must show one of them, also where it is known. */
  readonly fingerprints?: readonly string[]
}

/** A saved host, reached by SSH as the person's own ssh would reach it. */
export function sshProfile(saved: SavedHost, services: SshServices): HostProfile {
  const { sources, prompts, vault, fingerprints = [] } = services
  const notes = new Notes()
  const judge = new IdentityJudge(saved.id, prompts, notes)
  return {
    id: saved.id,
    name: saved.name,
    address: addressText(saved),
    simulated: false,
    sources,
    async open(onStage, signal): Promise<OpenedHost> {
      const route = await planRoute(saved)
      refuseProxyCommands(route)
      const attempt = new Attempt(route.target)
      const questions = new SignInQuestions({ host: saved.id, prompts, vault, notes, attempt })
      const options: SshConnectOptions = {
        signal,
        onStage: (stage, hop) => onStage(stage, targetText(hop)),
        authentication: async (hop) => ({
          methods: await signInMethods(route.configOf(hop), saved.authentication),
        }),
        verifyIdentity: (identity, ended) => {
          const pins = identity.hop === route.target ? fingerprints : []
          return judge.judge(identity, { config: route.configOf(identity.hop), pins, attempt }, ended)
        },
        ask: (question, ended) => questions.ask(question, ended),
        hostKeyAlgorithms: await hostKeyAlgorithmsFor(route),
        timeouts: (hop) => timeoutsOf(route.configOf(hop)),
        keepalive: keepaliveOf(route.configOf(route.target)),
      }
      const transport = await connectSsh(route.target, options).catch(async (error: unknown) => {
        await questions.failed(error)
        throw attempt.reasonOf(error)
      })
      await questions.accepted()
      await refuseUnreadable(transport)
      const findings = [...configFindings(route), ...commandFindings(transport)]
      return {
        transport,
        lost: lossOf(transport),
        connection: () => describeConnection(transport),
        findings: () => [...findings, ...notes.findings()],
        findingsChanged: notes.changes,
      }
    },
  }
}

/** Going there directly instead could reach another machine of the same name. */
function refuseProxyCommands(route: PlannedRoute): void {
  for (const hop of hopsOf(route.target)) {
    const { proxyCommand, alias } = route.configOf(hop)
    if (proxyCommand.value === null) continue
    const { origin } = proxyCommand
    throw new DiagnosticError(
      'not-supported',
      `${alias} is reached by a ProxyCommand, which is not run here.`,
      {
        where: origin ? `${origin.file}:${origin.line}` : undefined,
        hint: 'A ProxyJump does the same in most cases, and is supported.',
      },
    )
  }
}

/** Neither files nor commands: what the host said instead tells more than the sources that find nothing. */
async function refuseUnreadable(transport: SshTransport): Promise<void> {
  const { facts } = transport
  if (facts.files !== 'none') return
  await transport.close()
  throw facts.commandsReason ?? facts.filesReason ?? new DiagnosticError('internal', 'Nothing can be read.')
}

/** SFTP alone goes a long way, but not all of it. */
function commandFindings({ facts: { commandsReason } }: SshTransport): Finding[] {
  if (commandsReason === null) return []
  const { message, hint } = commandsReason
  const detail = [message, hint].filter(Boolean).join(' ')
  return [{ source: 'ssh', subject: 'commands', available: false, detail }]
}

function addressText({ address }: SavedHost): string {
  const user = address.user === null ? '' : `${address.user}@`
  return `${user}${address.port === null ? address.host : endpointText({ host: address.host, port: address.port })}`
}

/** Rejects when the connection is lost; stays pending when it was closed. */
export function lossOf(transport: SshTransport): Promise<never> {
  const lost = new Promise<never>((_, reject) => {
    void transport.ended.then((ending) => {
      if (ending.kind === 'lost') reject(ending.error)
    })
  })
  // Nobody may listen at that moment: a loss must not end the engine.
  lost.catch(() => undefined)
  return lost
}

/** How it is connected, as it stands now. */
export function describeConnection(transport: SshTransport): ConnectionView {
  const { negotiated, facts } = transport
  const offset = transport.clockOffset()
  return {
    algorithms: [
      { name: 'server', value: negotiated.server ?? 'not said' },
      { name: 'key exchange', value: negotiated.keyExchange },
      { name: 'host key', value: negotiated.hostKey },
      { name: 'cipher', value: bothWays(negotiated.cipher) },
      { name: 'MAC', value: bothWays(negotiated.mac) },
    ],
    crypto: negotiated.crypto,
    files: facts.files,
    clockOffset: offset?.milliseconds ?? null,
    clockError: offset?.uncertainty ?? null,
  }
}

/** One name where both directions use the same; a cipher that authenticates by itself needs no MAC. */
const bothWays = ([up, down]: readonly [string | null, string | null]): string => {
  const name = (value: string | null): string => value ?? 'part of the cipher'
  return up === down ? name(up) : `${name(up)} up, ${name(down)} down`
}

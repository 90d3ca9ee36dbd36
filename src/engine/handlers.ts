import { calls, subscriptions, type EngineInfo } from '@shared/contract'
import { bindCall, bindSubscription, type Handlers } from '@shared/rpc/server'
import type { Clock } from './clock'
import { connectForms } from './hosts/forms'
import type { DemoHosts } from './hosts/demo-hosts'
import type { HostList } from './hosts/host-list'
import type { PromptBoard } from './hosts/prompt-board'
import type { SavedHosts } from './hosts/saved-hosts'
import { sshAliases } from './hosts/ssh/aliases'
import { sshProfile, type SshServices } from './hosts/ssh/profile'
import { savedFromAddress } from './hosts/ssh/typed-address'
import { tryHost } from './hosts/trial'
import type { Memory } from './memory'
import type { MessageQueries } from './message-queries'
import type { RowQueries } from './row-queries'
import {
  latest,
  watchCatalogue,
  watchDetails,
  watchHosts,
  watchMetrics,
  watchProcesses,
  watchRanking,
} from './queries'
import type { SettingsStore } from './settings'
import { Secret, type PersonVault } from './vault'

/** All that the contract's answers are made from. */
export interface EngineParts {
  readonly clock: Clock
  readonly hosts: HostList
  readonly saved: SavedHosts
  readonly demos: DemoHosts
  readonly settings: SettingsStore
  readonly prompts: PromptBoard
  readonly vault: PersonVault
  /** Why the system keeps no key for the vault, where a shell asked it; for people. */
  readonly noKeyStore: string | null
  readonly services: SshServices
  readonly rows: RowQueries
  readonly messages: MessageQueries
  readonly memory: Memory
  readonly info: () => EngineInfo
}

export function bindHandlers(parts: EngineParts): Handlers {
  return { calls: bindCalls(parts), subscriptions: bindSubscriptions(parts) }
}

function bindCalls({
  hosts,
  saved,
  demos,
  clock,
  prompts,
  vault,
  services,
  info,
  rows,
  messages,
  memory,
}: EngineParts): Handlers['calls'] {
  return {
    'engine.info': bindCall(calls['engine.info'], info),
    'hosts.add': bindCall(calls['hosts.add'], ({ host }) => {
      hosts.add(sshProfile(host, services))
      return {}
    }),
    'hosts.connect': bindCall(calls['hosts.connect'], async ({ host }) => {
      hosts.get(host).connect()
      await saved.touch(host, clock.now())
      return {}
    }),
    'hosts.disconnect': bindCall(calls['hosts.disconnect'], async ({ host }) => {
      await hosts.get(host).disconnect()
      return {}
    }),
    'metrics.catalogue': bindCall(calls['metrics.catalogue'], ({ host }) =>
      hosts.get(host).metrics.catalogue(),
    ),
    'demo.offer': bindCall(calls['demo.offer'], () => demos.offer()),
    'demo.start': bindCall(calls['demo.start'], ({ scenario }) => demos.start(scenario)),
    'demo.stop': bindCall(calls['demo.stop'], async ({ host }) => {
      await demos.stop(host)
      return {}
    }),
    'saved.save': bindCall(calls['saved.save'], async ({ host }) => {
      await saved.save(host)
      return {}
    }),
    'saved.remove': bindCall(calls['saved.remove'], async ({ id }) => {
      await saved.remove(id)
      return {}
    }),
    'connect.forms': bindCall(calls['connect.forms'], () => connectForms),
    'address.parse': bindCall(calls['address.parse'], ({ text }) => savedFromAddress(text)),
    'ssh.aliases': bindCall(calls['ssh.aliases'], () => sshAliases()),
    'prompts.answer': bindCall(calls['prompts.answer'], ({ id, answer }) => {
      prompts.answer(id, answer)
      return {}
    }),
    'memory.choose': bindCall(calls['memory.choose'], (chosen) => memory.choose(chosen)),
    'vault.unlock': bindCall(calls['vault.unlock'], async ({ passphrase }) => {
      const secret = new Secret(passphrase)
      await vault.enter(secret).finally(() => secret.wipe())
      return {}
    }),
    'vault.lock': bindCall(calls['vault.lock'], () => {
      vault.lock()
      return {}
    }),
    'rows.read': bindCall(calls['rows.read'], (params) => rows.read(params)),
    'rows.histogram': bindCall(calls['rows.histogram'], (params, signal) => rows.histogram(params, signal)),
    'rows.locate': bindCall(calls['rows.locate'], (params) => rows.locate(params)),
    'rows.details': bindCall(calls['rows.details'], (params) => rows.details(params)),
    'rows.readAs': bindCall(calls['rows.readAs'], async (params) => {
      await rows.readAs(params)
      return {}
    }),
    'rows.fields': bindCall(calls['rows.fields'], ({ view }) => rows.fields(view)),
    'rows.older': bindCall(calls['rows.older'], (params, signal) => rows.older(params, signal)),
    'messages.latency': bindCall(calls['messages.latency'], (params) => messages.latency(params)),
    'messages.call': bindCall(calls['messages.call'], (params) => messages.call(params)),
    'messages.states': bindCall(calls['messages.states'], (params) => messages.states(params)),
    'messages.payload': bindCall(calls['messages.payload'], (params) => messages.payload(params)),
  }
}

function bindSubscriptions({
  hosts,
  saved,
  settings,
  clock,
  prompts,
  vault,
  noKeyStore,
  services,
  rows,
  messages,
  memory,
}: EngineParts): Handlers['subscriptions'] {
  return {
    'memory.watch': bindSubscription(subscriptions['memory.watch'], (_, signal) =>
      memory.watch(clock, signal),
    ),
    'hosts.watch': bindSubscription(subscriptions['hosts.watch'], (_, signal) =>
      watchHosts(hosts, clock, signal),
    ),
    'host.details': bindSubscription(subscriptions['host.details'], ({ host }, signal) =>
      watchDetails(hosts.get(host), clock, signal),
    ),
    'saved.watch': bindSubscription(subscriptions['saved.watch'], (_, signal) =>
      latest(clock, signal, settings.changes, () => ({
        hosts: [...settings.current().hosts],
        warnings: saved.warnings(),
      })),
    ),
    'hosts.try': bindSubscription(subscriptions['hosts.try'], ({ host }, signal) =>
      tryHost(sshProfile(host, services), signal),
    ),
    'prompts.watch': bindSubscription(subscriptions['prompts.watch'], (_, signal) =>
      latest(clock, signal, prompts.changes, () => prompts.list()),
    ),
    'vault.watch': bindSubscription(subscriptions['vault.watch'], (_, signal) =>
      latest(clock, signal, vault.changes, () => ({
        kind: vault.status(),
        protection: vault.protection,
        noKeyStore,
      })),
    ),
    'metrics.watch': bindSubscription(subscriptions['metrics.watch'], (params, signal) =>
      watchMetrics(hosts.get(params.host), params, clock, signal),
    ),
    'catalogue.watch': bindSubscription(subscriptions['catalogue.watch'], ({ host }, signal) =>
      watchCatalogue(hosts.get(host), clock, signal),
    ),
    'metrics.top': bindSubscription(subscriptions['metrics.top'], (params, signal) =>
      watchRanking(hosts.get(params.host), params, clock, signal),
    ),
    'rows.view': bindSubscription(subscriptions['rows.view'], (params, signal) => rows.watch(params, signal)),
    'messages.watch': bindSubscription(subscriptions['messages.watch'], (params, signal) =>
      messages.watch(params, signal),
    ),
    'queues.contents': bindSubscription(subscriptions['queues.contents'], (params, signal) =>
      messages.contents(params, signal),
    ),
    'processes.watch': bindSubscription(subscriptions['processes.watch'], (params, signal) =>
      watchProcesses(hosts.get(params.host), params, clock, signal),
    ),
  }
}

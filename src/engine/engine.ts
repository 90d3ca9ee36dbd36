import { randomUUID } from 'node:crypto'
import type { EngineInfo } from '@shared/contract'
import type { DiagnosticError } from '@shared/errors'
import type { Carrier } from '@shared/rpc/carrier'
import { serveRpc } from '@shared/rpc/server'
import { systemClock, type Clock } from './clock'
import { bindHandlers } from './handlers'
import { DemoHosts, type StartDemo } from './hosts/demo-hosts'
import { HostList } from './hosts/host-list'
import { PromptBoard } from './hosts/prompt-board'
import { SavedHosts } from './hosts/saved-hosts'
import { thisMachine } from './hosts/this-machine'
import { RowFeed } from './row-feed'
import { defaultBudgets, Memory } from './memory'
import { MessageQueries } from './message-queries'
import { RowQueries } from './row-queries'
import { SeriesBudget } from './series/budget'
import { openSettings, settingsFolder } from './settings'
import { RowStore } from './streams/row-store'
import { sources } from './sources/registry'
import { openVault } from './vault'

export interface EngineOptions {
  readonly version: string
  readonly clock?: Clock
  /** Where settings and the vault are; the user's configuration folder by default. */
  readonly folder?: string
  /** What is connected at the start: `usual` (the default) is this machine and the saved hosts that ask for it. */
  readonly connect?: 'usual' | 'nothing'
  /** Of host keys, `SHA256:...`: where there are some, a host by SSH must show one of them, also one that is known. */
  readonly fingerprints?: readonly string[]
  /** A random key that the system's key store keeps: the vault is open under it, without a passphrase. */
  readonly vaultKey?: string
  /** Why there is no such key although the shell asked for one: a clause for people. */
  readonly noKeyStore?: string
  /** Starts the simulated hosts that the console offers; without it none are offered. */
  readonly startDemo?: StartDemo | null
  /** Hears of peers that broke the protocol. */
  readonly onRefused?: (error: DiagnosticError) => void
}

export interface Engine {
  /** Answers the contract on this connection until it closes. */
  serve(carrier: Carrier): void
  /** Disconnects all hosts; resolves when nothing of this engine is left on any of them. */
  close(): Promise<void>
}

/** The only door to everything the console knows. Starts with this machine connected, unless told otherwise. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const {
    clock = systemClock,
    folder = settingsFolder(),
    connect = 'usual',
    fingerprints = [],
    vaultKey,
    noKeyStore = null,
    startDemo = null,
    onRefused,
  } = options
  const settings = await openSettings(folder, clock)
  const vault = await openVault(folder, clock, vaultKey)
  const prompts = new PromptBoard()
  const services = { sources, prompts, vault, fingerprints }
  const chosen = settings.current().memory
  const budget = new SeriesBudget(chosen.series ?? defaultBudgets.series)
  const rows = new RowFeed(new RowStore(chosen.rows ?? defaultBudgets.rows), clock)
  const hosts = new HostList(clock, Math.random, budget, rows)
  const saved = new SavedHosts(settings, hosts, services)
  const demos = new DemoHosts(startDemo, hosts, sources)
  const local = hosts.add(thisMachine())
  await saved.show()
  if (connect === 'usual') {
    local.connect()
    saved.connectOnStart()
  }
  const info = describeEngine(options.version, clock)
  const handlers = bindHandlers({
    clock,
    hosts,
    saved,
    demos,
    settings,
    prompts,
    vault,
    noKeyStore,
    services,
    rows: new RowQueries(rows, clock),
    messages: new MessageQueries(hosts, clock),
    memory: new Memory(settings, rows.store, budget),
    info,
  })
  const open = new Set<Carrier>()
  return {
    serve(carrier) {
      open.add(carrier)
      serveRpc(carrier, handlers, { onRefused, onClosed: () => open.delete(carrier) })
    },
    async close() {
      for (const carrier of open) carrier.close()
      await hosts.close()
      await demos.close()
      rows.close()
      await Promise.all([settings.close(), vault.close()])
    },
  }
}

function describeEngine(version: string, clock: Clock): () => EngineInfo {
  const started = {
    instance: randomUUID(),
    startedAt: clock.now(),
    version,
    pid: process.pid,
    node: process.version,
  }
  return () => ({
    name: 'XCP diagnostic console',
    ...started,
    now: clock.now(),
    memory: process.memoryUsage.rss(),
  })
}

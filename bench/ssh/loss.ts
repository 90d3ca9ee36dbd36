import { setTimeout as sleep } from 'node:timers/promises'
import { defaultKeepalive } from '@engine/transports/ssh/options'
import type { BenchResult } from '../support/result'
import { startCutNetwork } from './cut-network'
import { startEngine, type EngineProcess } from './engine-process'
import { savedHost, startMachine } from './machine'

const rounds = 2
/** Milliseconds: interval x (count + 1), and half a second. */
const seenWithin = defaultKeepalive.interval * (defaultKeepalive.count + 1) + 500
const backWithin = 2_000

interface Peer {
  readonly name: string
  readonly id: string
  readonly die: () => void
  readonly heal: () => void
}
interface Times {
  readonly stale: number
  readonly seen: number
  readonly back: number
}

/** Hosts that die without a word, with the keepalive that everybody has: when it is seen, and when they are back. */
export async function measureLoss(): Promise<BenchResult[]> {
  const machine = await startMachine()
  const network = await startCutNetwork(machine.server)
  const engine = await startEngine(machine.home)
  const { server, key } = machine
  try {
    const stopped = savedHost('stopped', server.host, server.port, key)
    const cut = network && savedHost('cut', network.host, network.port, key)
    const peers: Peer[] = [
      { name: 'server stopped', id: stopped.id, die: () => server.suspend(), heal: () => server.resume() },
    ]
    if (network && cut) peers.push({ name: 'network cut', id: cut.id, die: network.cut, heal: network.heal })
    for (const host of cut ? [stopped, cut] : [stopped]) {
      await engine.client.call('saved.save', { host })
      await engine.client.call('hosts.connect', { host: host.id })
    }
    const times = new Map<Peer, Times[]>(peers.map((peer) => [peer, []]))
    for (let round = 0; round < rounds; round++) {
      await Promise.all(
        peers.map(async (peer) => times.get(peer)?.push(await loseAndHeal(engine, peer, round))),
      )
    }
    return peers.flatMap((peer) => figures(peer.name, times.get(peer) ?? []))
  } finally {
    server.resume()
    await engine.close()
    await network?.close()
    await machine.close()
  }
}

async function loseAndHeal(
  engine: EngineProcess,
  { name, id, die, heal }: Peer,
  round: number,
): Promise<Times> {
  await reached(engine, id, ['live'])
  await sleep(2_000)
  const died = performance.now()
  die()
  try {
    const stale = (await reached(engine, id, ['stale', 'reconnecting'])) - died
    const seen = (await reached(engine, id, ['reconnecting'])) - died
    const error = engine.hosts().find((host) => host.id === id)?.error
    console.log(`  ${name}: ${error?.message ?? 'no reason was given'}`)
    // Some attempts to come back fail meanwhile, more of them in each round.
    await sleep(1_300 + round * 2_100)
    const healed = performance.now()
    heal()
    return { stale, seen, back: (await reached(engine, id, ['live'])) - healed }
  } catch (thrown) {
    heal()
    throw thrown
  }
}

/** Waits for one of the states; the time it was told. */
async function reached(engine: EngineProcess, host: string, states: readonly string[]): Promise<number> {
  const end = performance.now() + 40_000
  for (;;) {
    const state = engine.hosts().find(({ id }) => id === host)?.state ?? ''
    if (states.includes(state)) return performance.now()
    if (performance.now() > end) throw new Error(`the host is ${state}, not ${states.join(' or ')}`)
    await sleep(10)
  }
}

function figures(name: string, times: readonly Times[]): BenchResult[] {
  const worst = (pick: (time: Times) => number): number => Math.max(...times.map(pick))
  const seen = worst((time) => time.seen)
  const back = worst((time) => time.back)
  return [
    { figure: `${name}: figures marked as old after`, value: worst((time) => time.stale), unit: 'ms' },
    {
      figure: `${name}: loss seen after`,
      value: seen,
      unit: 'ms',
      aim: `<= ${seenWithin}`,
      met: seen <= seenWithin,
    },
    {
      figure: `${name}: live again after it healed`,
      value: back,
      unit: 'ms',
      aim: `<= ${backWithin}`,
      met: back <= backWithin,
    },
  ]
}

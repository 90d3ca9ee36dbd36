import { mountOurs, paceByScheduler } from './ours'
import type { Peer } from './peer'
import { makeData, scenarios, type Data, type ScenarioName } from './scenario'
import { applyTheme } from './theme'
import { mountUPlot } from './uplot'

const mounts = { ours: mountOurs, uplot: mountUPlot }
export type PeerName = keyof typeof mounts

const made = new Map<ScenarioName, Data>()
const peers = new Map<PeerName, Peer>()
let update = 0

function stage(): HTMLElement {
  const element = document.getElementById('stage')
  if (!element) throw new Error('The page has no stage.')
  return element
}

function peerOf(name: PeerName): Peer {
  const peer = peers.get(name)
  if (!peer) throw new Error(`${name} is not mounted.`)
  return peer
}

/** Resolves in a task of its own after the next frame was painted. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel()
      channel.port1.onmessage = () => resolve()
      channel.port2.postMessage(null)
    })
  })
}

const bench = {
  mount(scenario: ScenarioName, name: PeerName): void {
    this.unmount()
    const data = made.get(scenario) ?? makeData(scenarios[scenario])
    made.set(scenario, data)
    peers.set(name, mounts[name](stage(), scenarios[scenario], data))
  },

  /** Milliseconds of script of each of `count` updates of all charts at once; every so many of them are painted. */
  async updates(name: PeerName, count: number, paintEvery = 1): Promise<number[]> {
    const { charts } = peerOf(name)
    const times: number[] = []
    for (let done = 0; done < count; done++) {
      update++
      const begin = performance.now()
      for (const chart of charts) chart(update)
      // uPlot draws in a microtask that it queued before this one.
      await Promise.resolve()
      times.push(performance.now() - begin)
      if (done % paintEvery === 0) await painted()
    }
    return times
  },

  /** Updates by the console's scheduler; milliseconds of the longest drawing. */
  async paced(count: number, every: number): Promise<{ longestDraw: number }> {
    let longestDraw = 0
    const paced = paceByScheduler(stage(), peerOf('ours'), (time) => {
      longestDraw = Math.max(longestDraw, time)
    })
    for (let done = 0; done < count; done++) {
      paced.request(++update)
      await new Promise((resolve) => setTimeout(resolve, every))
    }
    paced.stop()
    return { longestDraw }
  },

  unmount(): void {
    for (const peer of peers.values()) peer.dispose()
    peers.clear()
    stage().replaceChildren()
  },
}

declare global {
  interface Window {
    chartsBench: typeof bench
  }
}
applyTheme()
window.chartsBench = bench

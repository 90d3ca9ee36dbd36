import type { HostSummary } from '@shared/model/host'
import { drawLight, type Bitmap } from './light-icon'
import { lostSince, plainText, worstState, type Light, type WorstState } from './worst-state'

/** Where the desktop can show that something is wrong; each does what its system has. */
export interface AttentionPlaces {
  badge(count: number): void
  /** Null takes it away. */
  overlay(icon: Bitmap | null, text: string): void
  tray(icon: Bitmap, text: string): void
  notify(title: string, body: string): void
  /** The person sees the window now: nothing needs to be told beside it. */
  isWatched(): boolean
}

const traySize = 32
const overlaySize = 16

/** Shows the worst state of all hosts outside of the window, and tells of hosts that are lost while nobody looks. */
export class Attention {
  readonly #places: AttentionPlaces
  #hosts: readonly HostSummary[] | null = null
  #shown: WorstState | undefined

  constructor(places: AttentionPlaces) {
    this.#places = places
  }

  update(hosts: readonly HostSummary[] | null): void {
    const state = worstState(hosts)
    if (state.text !== this.#shown?.text) this.#show(state)
    // An engine that was replaced knows its hosts anew: they were not lost.
    if (hosts !== null && this.#hosts !== null && !this.#places.isWatched()) {
      for (const { name, state: now } of lostSince(this.#hosts, hosts)) {
        this.#places.notify(
          `${plainText(name, 60)}: ${now === 'failed' ? 'failed' : 'connection lost'}`,
          now === 'failed' ? 'It is not tried again by itself.' : 'It is being reconnected.',
        )
      }
    }
    this.#hosts = hosts
  }

  #show(state: WorstState): void {
    this.#shown = state
    this.#places.badge(state.count)
    this.#places.tray(drawLight(state.light, traySize), state.text)
    const worth: readonly Light[] = ['red', 'amber']
    const icon = worth.includes(state.light) ? drawLight(state.light, overlaySize) : null
    this.#places.overlay(icon, state.text)
  }
}

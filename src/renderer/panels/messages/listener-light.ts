import type { BusSummary, ListenerState } from '@shared/model/messages'
import { formatDuration } from '@shared/units'
import type { Light } from '../../ui/shown'

export interface ShownListener {
  readonly light: Light
  readonly label: string
  /** The whole sentence. */
  readonly title: string
}

/** Shape and word of who listens to a queue; `waiting`: messages that wait for it, `now`: the engine's clock. */
export function listenerLight(
  listener: ListenerState | null,
  waiting: number,
  now: number,
  stale = false,
): ShownListener {
  const shown = lightNow(listener, waiting, now)
  // What was green a minute ago is nobody's to call green now.
  return stale && listener
    ? { light: 'stale', label: `was ${shown.label}`, title: `When it was read last: ${shown.title}` }
    : shown
}

function lightNow(listener: ListenerState | null, waiting: number, now: number): ShownListener {
  if (!listener) return { light: 'off', label: 'no queue', title: 'It has no queue of its own.' }
  switch (listener.kind) {
    case 'listening':
      return { light: 'green', label: 'listening', title: 'A program takes messages out of this queue.' }
    case 'never-started':
      return {
        light: waiting > 0 ? 'red' : 'amber',
        label: 'never started',
        title: `Nobody has listened since the bus started${waiting > 0 ? ', and messages wait' : ''}.`,
      }
    case 'unresponsive': {
      const since = formatDuration(Math.max(1_000, Math.floor((now - listener.since) / 1_000) * 1_000))
      return {
        light: 'red',
        label: `unresponsive ${since}`,
        title: `It should have asked for messages ${since} ago: crashed or stuck.`,
      }
    }
    case 'replies':
      return { light: 'off', label: 'replies', title: 'Replies to one caller, its own queue.' }
  }
}

/** How much of the bus was seen; cut, never rounded up to all of it. */
export function coverageText({ seen, missed, share }: BusSummary['coverage']): string {
  const lost = `${missed.toLocaleString('en')} declared lost`
  if (share === null) return `${seen.toLocaleString('en')} events seen; how many are missing is unknown`
  if (missed === 0) return `saw every event (${seen.toLocaleString('en')})`
  const percent = Math.floor(share * 1_000) / 10
  return `saw ${percent.toFixed(percent >= 99 || percent < 10 ? 1 : 0)} % of events; ${lost}`
}

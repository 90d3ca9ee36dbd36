import type { LinkState } from '../link/link'
import type { Light } from '../ui/shown'

export interface LinkWords {
  readonly light: Light
  readonly short: string
  /** What happened and what is done about it; null while all is well. */
  readonly long: string | null
}

/** The link's state in words; `now` is this window's clock, epoch milliseconds. */
export function linkWords(state: LinkState, now: number): LinkWords {
  switch (state.kind) {
    case 'open':
      return { light: 'green', short: 'Connected', long: null }
    case 'connecting':
      return { light: 'busy', short: 'Connecting', long: 'Connecting to the engine …' }
    case 'waiting': {
      const seconds = Math.max(0, Math.ceil((state.retryAt - now) / 1_000))
      const lost = state.reason.code === 'connection-lost'
      const what = lost ? 'Engine restarting' : 'The console does not answer'
      const when = seconds > 0 ? `reconnecting in ${seconds} s` : 'reconnecting now'
      return { light: 'amber', short: 'Reconnecting', long: `${what}, ${when}.` }
    }
    case 'refused':
      return { light: 'red', short: 'Refused', long: state.reason.message }
  }
}

import { powerMonitor } from 'electron'

/** After a suspension connections may be dead without knowing it; the engine's watch counts its own ticks anew. */
export function watchPower(resumed: () => void): void {
  powerMonitor.on('resume', resumed)
  powerMonitor.on('unlock-screen', resumed)
}

import { hostname } from 'node:os'
import { sources } from '../sources/registry'
import { createLocalTransport } from '../transports/local'
import type { HostProfile } from './profile'

/** The machine the engine runs on; always in the list. */
export function thisMachine(): HostProfile {
  return {
    id: 'local',
    name: hostname(),
    address: 'this machine',
    simulated: false,
    sources,
    open: () => Promise.resolve({ transport: createLocalTransport() }),
  }
}

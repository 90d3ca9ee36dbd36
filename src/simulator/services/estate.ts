import type { Random } from './random'

/** The things of the simulated host that calls speak about. */
export interface Estate {
  readonly host: string
  readonly hostname: string
  readonly vms: readonly [string, ...string[]]
  readonly srs: readonly [string, ...string[]]
  readonly vdis: readonly [string, ...string[]]
  readonly bridges: readonly [string, ...string[]]
}

export function makeEstate(random: Random, hostname: string): Estate {
  const uuids = (count: number): [string, ...string[]] => [
    random.uuid(),
    ...Array.from({ length: count - 1 }, () => random.uuid()),
  ]
  return {
    host: random.uuid(),
    hostname,
    vms: uuids(12),
    srs: uuids(3),
    vdis: uuids(20),
    bridges: ['xenbr0', 'xenbr1', 'xapi0'],
  }
}

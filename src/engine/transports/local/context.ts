import type { CostMeter } from './cost'
import type { Lifetime } from './lifetime'

/** What every operation of one local transport shares. */
export interface LocalContext {
  readonly lifetime: Lifetime
  readonly cost: CostMeter
}

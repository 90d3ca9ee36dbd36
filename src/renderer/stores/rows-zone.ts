import { formatZone } from '@shared/units'
import { computed, type ComputedRef } from 'vue'
import { useDetails } from './details'
import { useRowChoices } from './rows-choices'

/** The zone that times of rows are told in, as the person chose it; undefined is the reader's own. */
export function useRowZone(): ComputedRef<string | undefined> {
  const choices = useRowChoices()
  const details = useDetails()
  return computed(() => {
    const { zone } = choices.chosen
    return zone === 'utc' ? 'UTC' : zone === 'host' ? usable(details.facts?.timeZone ?? null) : undefined
  })
}

/** Minutes that clocks of a zone are ahead of UTC at a moment. */
export function utcOffset(time: number, zone: string | undefined): number {
  const [, sign, hours, minutes] = /UTC([+-])(\d\d):?(\d\d)?/.exec(formatZone(time, zone)) ?? []
  const size = Number(hours ?? 0) * 60 + Number(minutes ?? 0)
  return sign === '-' ? -size : size
}

/** A host may name a zone that this browser does not know. */
function usable(zone: string | null): string | undefined {
  if (zone === null) return undefined
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return zone
  } catch {
    return undefined
  }
}

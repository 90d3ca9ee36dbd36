import type { Finding } from '@shared/model/host'
import type { ConfigWarning } from '../../transports/ssh/config/model'
import { hopsOf } from '../../transports/ssh/target'
import type { PlannedRoute } from './route'

const mostFindings = 20

/** Lines of the ssh configuration that count for ssh and not here: each once, whichever hosts of the way they concern. */
export function configFindings(route: PlannedRoute): Finding[] {
  const byPlace = new Map<string, Set<string>>()
  for (const warning of hopsOf(route.target).flatMap((hop) => route.configOf(hop).warnings)) {
    if (warning.kind === 'note') continue
    const place = placeOf(warning)
    const details = byPlace.get(place) ?? new Set()
    byPlace.set(place, details.add([warning.message, warning.hint].filter(Boolean).join(' ')))
  }
  const all = [...byPlace].map(([subject, details]) => findingOf(subject, [...details].join(' ')))
  if (all.length <= mostFindings) return all
  const more = all.length - mostFindings
  return [
    ...all.slice(0, mostFindings),
    findingOf('ssh configuration', `${more} more lines are passed over.`),
  ]
}

const placeOf = ({ origin }: ConfigWarning): string =>
  origin === null ? 'ssh configuration' : `${origin.file}:${origin.line}`

const findingOf = (subject: string, detail: string): Finding => ({
  source: 'ssh',
  subject,
  available: false,
  detail,
})

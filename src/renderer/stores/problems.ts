import { fromWireError, toWireError, type DiagnosticError, type WireError } from '@shared/errors'
import type { HostSummary } from '@shared/model/host'
import { defineStore } from 'pinia'
import { computed } from 'vue'
import { useConnection } from './connection'
import { useFreshness } from './freshness'
import { useHosts } from './hosts'
import { useSavedHosts } from './saved-hosts'

export interface Problem {
  readonly key: string
  readonly severity: 'red' | 'amber'
  /** Epoch milliseconds of the engine; null where it is not known. */
  readonly since: number | null
  readonly title: string
  readonly detail: string
  readonly hint: string | null
  /** The host to look at; null for the console itself. */
  readonly host: string | null
  /** The view that shows it; null where connecting again is what to do. */
  readonly view: string | null
  /** Takes the problem away, where it is only news and no state. */
  readonly dismiss?: () => void
}

/** What an error says, with its innermost cause: that is what a person can act on. */
function explain(error: WireError | null): { detail: string; hint: string | null } {
  if (!error) return { detail: '', hint: null }
  let root = error
  while (root.cause) root = root.cause
  const text = root === error ? error.message : `${error.message} ${root.message}`
  return {
    detail: error.where === undefined ? text : `${text} (${error.where})`,
    hint: error.hint ?? root.hint ?? null,
  }
}

const titles = {
  failed: 'cannot be reached',
  reconnecting: 'lost, reconnecting',
  stale: 'sends no samples',
} as const

function problemOf(host: HostSummary, silent: boolean): Problem | null {
  const state = silent ? 'stale' : host.state
  if (state !== 'failed' && state !== 'reconnecting' && state !== 'stale') return null
  const stage = host.stage === null ? '' : ` at "${host.stage}"`
  return {
    key: `host ${host.id}`,
    severity: state === 'failed' ? 'red' : 'amber',
    since: silent ? host.lastSampleAt : host.since,
    title: `${host.name}: ${titles[state]}${state === 'stale' ? '' : stage}`,
    ...explain(host.error),
    host: host.id,
    view: null,
  }
}

/** What is wrong on a host that answers. */
const troublesOf = (host: HostSummary): Problem[] =>
  host.troubles.map(({ severity, since, title, detail, view }) => ({
    key: `trouble ${host.id} ${title}`,
    severity,
    since,
    title: `${host.name}: ${title}`,
    detail,
    hint: null,
    host: host.id,
    view,
  }))

function consoleProblem(key: string, title: string, error: DiagnosticError, since: number | null): Problem {
  // The console's own troubles are not red: that is kept for the hosts.
  return { key, severity: 'amber', since, title, ...explain(toWireError(error)), host: null, view: null }
}

/** All that needs attention: the console's own troubles, then hosts, worst and oldest first. */
export const useProblems = defineStore('problems', () => {
  const connection = useConnection()
  const freshness = useFreshness()
  const hosts = useHosts()
  const saved = useSavedHosts()

  const ofConsole = computed<Problem[]>(() => {
    const found: Problem[] = []
    if (connection.trouble) {
      found.push(
        consoleProblem('engine', 'No connection to the engine', connection.trouble, connection.lostAt),
      )
    }
    if (hosts.error) found.push(consoleProblem('hosts', 'The hosts cannot be listed', hosts.error, null))
    if (hosts.failure) {
      const problem = consoleProblem('request', 'The last request failed', hosts.failure, null)
      found.push({ ...problem, dismiss: () => hosts.dismissFailure() })
    }
    for (const [position, warning] of saved.warnings.entries()) {
      const told = fromWireError(warning)
      found.push(consoleProblem(`settings ${position}`, 'The settings file needs attention', told, null))
    }
    return found
  })

  const list = computed<Problem[]>(() => {
    // Without the engine every host is silent: that is one problem, and the engine's.
    const told = connection.open && hosts.status === 'live'
    const found = (hosts.list ?? []).flatMap((host) => {
      const problem = problemOf(host, told && freshness.isSilent(host))
      return problem ? [problem] : troublesOf(host)
    })
    const order = (problem: Problem): number => (problem.severity === 'red' ? 0 : 1)
    found.sort((a, b) => order(a) - order(b) || (a.since ?? 0) - (b.since ?? 0))
    return [...ofConsole.value, ...found]
  })

  /** What an empty list means: `No problems` is said only where all is known, and known to be well. */
  const verdict = computed(() => {
    if (!connection.open) return connection.wasOpen ? 'Not connected to the engine' : 'Waiting for the engine'
    if (hosts.status !== 'live' || hosts.list === null) return 'Waiting for the engine'
    if (hosts.list.length === 0) return 'No hosts'
    const wanted = hosts.list.filter(({ state }) => state !== 'disconnected')
    if (wanted.length === 0) return 'Not connected'
    return wanted.every((host) => freshness.isLive(host)) ? 'No problems' : 'Waiting for the first samples'
  })

  return { list, verdict }
})

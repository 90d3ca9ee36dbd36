import { toWireError, type DiagnosticError, type WireError } from '@shared/errors'
import type { HostSummary } from '@shared/model/host'
import { defineStore } from 'pinia'
import { computed } from 'vue'
import { useConnection } from './connection'
import { useHosts } from './hosts'

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

function problemOf(host: HostSummary): Problem | null {
  const { state } = host
  if (state !== 'failed' && state !== 'reconnecting' && state !== 'stale') return null
  const stage = host.stage === null ? '' : ` at "${host.stage}"`
  return {
    key: `host ${host.id}`,
    severity: state === 'failed' ? 'red' : 'amber',
    since: host.since,
    title: `${host.name}: ${titles[state]}${state === 'stale' ? '' : stage}`,
    ...explain(host.error),
    host: host.id,
  }
}

/** All that needs attention: the console's own troubles, then hosts, worst and oldest first. */
export const useProblems = defineStore('problems', () => {
  const connection = useConnection()
  const hosts = useHosts()

  const ofConsole = computed<Problem[]>(() => {
    const found: Problem[] = []
    const add = (key: string, title: string, error: DiagnosticError, since: number | null): void => {
      // The console's own troubles are not red: that is kept for the hosts.
      found.push({ key, severity: 'amber', since, title, ...explain(toWireError(error)), host: null })
    }
    if (connection.trouble) {
      add('engine', 'No connection to the engine', connection.trouble, connection.lostAt)
    }
    if (hosts.error) add('hosts', 'The hosts cannot be listed', hosts.error, null)
    if (hosts.failure) add('request', 'The last request failed', hosts.failure, null)
    return found
  })

  const list = computed<Problem[]>(() => {
    const found = (hosts.list ?? []).map(problemOf).filter((problem) => problem !== null)
    const order = (problem: Problem): number => (problem.severity === 'red' ? 0 : 1)
    found.sort((a, b) => order(a) - order(b) || (a.since ?? 0) - (b.since ?? 0))
    return [...ofConsole.value, ...found]
  })

  return { list }
})

import { posix } from 'node:path'
import { DiagnosticError, toWireError } from '@shared/errors'
import type { Finding } from '@shared/model/host'
import type { Transport } from '../../transports/transport'
import type { ProbeContext, ProbeResult } from '../source'
import { findLogs, isXcp } from './candidates'
import { Journal } from './journal'
import { lookAtFile, type Look } from './look-at-file'
import type { LogsOptions } from './options'

/** What a probe found, for the opening that follows on the same transport. */
export interface Found {
  readonly logs: readonly LogLook[]
  /** Every path that was considered, followed or not. */
  readonly seen: ReadonlySet<string>
  readonly journal: Journal | null
}

export type LogLook = Extract<Look, { kind: 'log' }>

const source = 'logs'
const mostNamed = 12

export class LogsProbe {
  readonly #options: LogsOptions
  readonly #found = new WeakMap<Transport, Found>()

  constructor(options: LogsOptions) {
    this.#options = options
  }

  async foundOn(context: ProbeContext): Promise<Found> {
    if (!this.#found.has(context.transport)) await this.probe(context)
    return this.#found.get(context.transport) ?? { logs: [], seen: new Set(), journal: null }
  }

  async probe({ transport, signal }: ProbeContext): Promise<ProbeResult> {
    const { folder, mostFiles } = this.#options
    const findings: Finding[] = []
    let looks: Look[] = []
    let paths: readonly string[] = []
    let names: readonly string[] = []
    let isListed = false
    try {
      ;({ paths, names } = await findLogs(transport, folder, signal))
      looks = await Promise.all(paths.slice(0, mostFiles).map((path) => lookAtFile(transport, path, signal)))
      isListed = true
      findings.push(...describe(folder, looks, paths.slice(mostFiles)))
    } catch (thrown) {
      if (thrown instanceof DiagnosticError && thrown.code === 'connection-lost') throw thrown
      const { message, hint } = toWireError(thrown)
      findings.push(finding('files', false, hint === undefined ? message : `${message} ${hint}`))
    }
    const logs = looks.filter((look) => look.kind === 'log')
    const { journal, finding: journalFinding } = await this.#lookAtJournal(
      transport,
      isXcp(names),
      logs.length > 0,
      signal,
    )
    if (journalFinding !== null) findings.push(journalFinding)
    this.#found.set(transport, { logs, seen: new Set(paths), journal })
    return { usable: isListed || journal !== null, findings, facts: {} }
  }

  async #lookAtJournal(
    transport: Transport,
    xcp: boolean,
    hasFiles: boolean,
    signal: AbortSignal,
  ): Promise<{ journal: Journal | null; finding: Finding | null }> {
    if (this.#options.journal === null) return { journal: null, finding: null }
    const journal = new Journal(this.#options.journal.folder)
    const problem = await journal.problem(transport, signal)
    if (problem !== null) return { journal: null, finding: finding('journal', false, problem) }
    if (xcp) {
      const detail = 'There is one, but on an XCP host rsyslog writes everything to files: those are read.'
      return { journal: null, finding: finding('journal', true, detail) }
    }
    const doubled = hasFiles ? ' What a syslog daemon writes to files is in both: choose one of them.' : ''
    return { journal, finding: finding('journal', true, `It is followed with journalctl.${doubled}`) }
  }
}

const finding = (subject: string, available: boolean, detail: string): Finding => ({
  source,
  subject,
  available,
  detail,
})

function describe(folder: string, looks: readonly Look[], beyond: readonly string[]): Finding[] {
  const pathsOf = (kind: Look['kind']): string[] =>
    looks.filter((look) => look.kind === kind).map(({ path }) => path)
  const followed = pathsOf('log')
  const binary = pathsOf('binary')
  const refused = looks.filter((look) => look.kind === 'refused')
  const findings = [
    followed.length > 0
      ? finding('files', true, `${followed.length} in ${folder}: ${listed(followed, folder)}`)
      : finding('files', false, `There are no logs in ${folder} yet; new ones are taken up.`),
  ]
  if (refused.length > 0) {
    const names = listed(
      refused.map(({ path }) => path),
      folder,
    )
    findings.push(finding('files that may not be read', false, `${names}: ${refused[0]?.reason ?? ''}`))
  }
  if (binary.length > 0) {
    findings.push(
      finding('files that are not text', false, `${listed(binary, folder)}: binary data, left out.`),
    )
  }
  if (beyond.length > 0) {
    const detail = `${beyond.length} are left out, ${looks.length} is the most: ${listed(beyond, folder)}`
    findings.push(finding('further files', false, detail))
  }
  return findings
}

function listed(paths: readonly string[], folder: string): string {
  const names = paths.slice(0, mostNamed).map((path) => posix.relative(folder, path))
  const rest = paths.length - names.length
  return rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(', ')
}

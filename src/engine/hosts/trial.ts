import { toWireError } from '@shared/errors'
import type { ConnectStage, TrialStep } from '@shared/model/connection'
import type { Finding, HostFacts } from '@shared/model/host'
import { Notifier } from '../notifier'
import { noFacts } from './facts'
import { unlessLost } from './loss'
import type { HostProfile, OpenedHost } from './profile'

/** Connects once and probes, without keeping anything: one step as each stage begins, the outcome last. */
export async function* tryHost(
  profile: HostProfile,
  signal: AbortSignal,
): AsyncGenerator<TrialStep, void, void> {
  const changes = new Notifier()
  const steps: TrialStep[] = []
  const report = (stage: ConnectStage, hop: string | null): void => {
    steps.push({ stage, hop, outcome: null })
    changes.notify()
  }
  const abort = new AbortController()
  const forward = (): void => abort.abort()
  signal.addEventListener('abort', forward, { once: true })
  const outcome = attempt(profile, report, abort.signal).then((reached) => {
    const last = steps.at(-1)
    steps.push({ stage: last?.stage ?? 'connect', hop: last?.hop ?? null, outcome: reached })
    changes.notify()
  })
  try {
    for (let sent = 0; ;) {
      const seen = changes.version
      while (sent < steps.length) {
        const step = steps[sent++]
        if (step) yield step
        if (step?.outcome) return
      }
      await changes.changed(seen, signal)
      if (signal.aborted) return
    }
  } finally {
    abort.abort()
    signal.removeEventListener('abort', forward)
    await outcome
  }
}

async function attempt(
  profile: HostProfile,
  report: (stage: ConnectStage, hop: string | null) => void,
  signal: AbortSignal,
): Promise<NonNullable<TrialStep['outcome']>> {
  let opened: OpenedHost | null = null
  try {
    opened = await profile.open(report, signal)
    const { transport, lost } = opened
    report('discover', null)
    const findings: Finding[] = []
    let facts: HostFacts = noFacts
    for (const source of profile.sources) {
      const probe = await unlessLost(source.probe({ transport, signal }), lost)
      findings.push(...probe.findings)
      facts = { ...facts, ...probe.facts }
    }
    findings.push(...(opened.findings?.() ?? []))
    return { kind: 'connected', facts, findings, connection: opened.connection?.() ?? null }
  } catch (error) {
    return { kind: 'failed', error: toWireError(error) }
  } finally {
    await opened?.transport.close()
  }
}

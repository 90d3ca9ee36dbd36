import { createEngine } from '@engine/engine'
import { DiagnosticError, fromWireError } from '@shared/errors'
import type { HostDetails, HostSummary } from '@shared/model/host'
import type { Prompt } from '@shared/model/prompt'
import { RpcClient } from '@shared/rpc/client'
import { createCarrierPair } from '@shared/rpc/memory-carrier'
import { version } from '../../package.json'
import type { Ending } from './ending'
import { failureAt } from './exit'
import { Feed, hostMetric, type Sample } from './feed'
import { findHost } from './find-host'
import type { MetricsOptions } from './options'
import type { Output } from './output'
import { Answers } from './prompts'
import { hostTable } from './table'
import type { Ask } from './terminal'
import { plain } from './text'

export interface MetricsRun {
  readonly options: MetricsOptions
  readonly password: string | null
  readonly ask: Ask | null
  readonly output: Output
  readonly ending: Ending
}

/** Runs the command until its ending; nothing of it is left on the host afterwards. */
export async function runMetrics(run: MetricsRun): Promise<void> {
  const engine = await createEngine({
    version,
    connect: 'nothing',
    fingerprints: run.options.fingerprints,
  })
  try {
    const [ours, theirs] = createCarrierPair()
    engine.serve(theirs)
    const client = new RpcClient(ours)
    const host = await findHost(client, run.options.host, (message) => run.output.note(plain(message)))
    const command = new Command(client, host, run)
    await command.start()
    await run.ending.over.finally(() => command.close())
  } finally {
    await engine.close()
  }
}

/** After so many samples what is still missing is shown as missing. */
const mostSamplesToWait = 4

class Command {
  readonly #client: RpcClient
  readonly #host: string
  readonly #run: MetricsRun
  readonly #answers: Answers
  readonly #seenPrompts = new Set<string>()
  /** Findings that were told. */
  readonly #told = new Set<string>()
  readonly #feed: Feed
  #summary: HostSummary | null = null
  #facts: HostDetails['facts'] | null = null
  #samples = 0
  /** What was said last about a connection that was lost. */
  #trouble: string | null = null

  constructor(client: RpcClient, host: string, run: MetricsRun) {
    this.#client = client
    this.#host = host
    this.#run = run
    this.#answers = new Answers({
      fingerprints: run.options.fingerprints,
      password: run.password,
      ask: run.ask,
      write: (text) => process.stderr.write(text),
    })
    const { fail } = run.ending
    this.#feed = new Feed({ client, host, onSample: (sample) => this.#sampled(sample), onError: fail })
  }

  async start(): Promise<void> {
    const client = this.#client
    const { fail } = this.#run.ending
    const guarded =
      <T>(take: (item: T) => void) =>
      (item: T): void => {
        try {
          take(item)
        } catch (error) {
          fail(error)
        }
      }
    client.subscribe('prompts.watch', {}, { next: guarded((list) => this.#asked(list)), error: fail })
    client.subscribe(
      'host.details',
      { host: this.#host },
      {
        next: (details) => this.#found(details),
        error: fail,
      },
    )
    await client.call('hosts.connect', { host: this.#host })
    client.subscribe('hosts.watch', {}, { next: guarded((hosts) => this.#changed(hosts)), error: fail })
  }

  #found({ facts, findings }: HostDetails): void {
    this.#facts = facts
    // What a source misses is null in the samples; of the connection itself nothing else would tell.
    for (const { source, subject, detail } of findings) {
      const text = `${subject}: ${detail}`
      if (source !== 'ssh' || this.#told.has(text)) continue
      this.#told.add(text)
      this.#run.output.note(plain(text))
    }
  }

  close(): void {
    this.#feed.close()
    this.#client.close()
  }

  #asked(prompts: readonly Prompt[]): void {
    const { signal, fail } = this.#run.ending
    for (const prompt of prompts) {
      if (prompt.host !== this.#host || this.#seenPrompts.has(prompt.id)) continue
      this.#seenPrompts.add(prompt.id)
      this.#answers
        .answer(prompt, signal)
        .then((answer) => this.#client.call('prompts.answer', { id: prompt.id, answer }))
        .catch(fail)
    }
  }

  #changed(hosts: readonly HostSummary[]): void {
    const host = hosts.find(({ id }) => id === this.#host)
    if (!host) throw new DiagnosticError('not-found', 'The host was removed from the saved ones.')
    const first = (this.#summary?.lastSampleAt ?? null) === null && host.lastSampleAt !== null
    this.#summary = host
    if (first) this.#feed.refresh().catch(this.#run.ending.fail)
    const { state, stage } = host
    const error = host.error && fromWireError(host.error)
    if (state === 'failed') throw failureAt(stage, error ?? new DiagnosticError('internal', 'It failed.'))
    const lost = state === 'reconnecting' && error !== null
    // Who waits for one answer, or never had one, is told; who follows waits until the host is back.
    if (lost && (host.lastSampleAt === null || !this.#run.options.follow)) throw failureAt(stage, error)
    this.#tell(lost ? error.message : state === 'stale' ? 'No samples arrive.' : null, state)
  }

  #tell(trouble: string | null, state: HostSummary['state']): void {
    if (trouble === null && state !== 'live') return
    if (trouble === this.#trouble) return
    this.#trouble = trouble
    this.#run.output.note(plain(trouble === null ? 'Live again.' : `${trouble} Waiting for the host.`))
  }

  #sampled(sample: Sample): void {
    const { options, output, ending } = this.#run
    const host = this.#summary
    if (!host || ending.signal.aborted) return
    this.#samples += 1
    // Rates need two samples.
    if (this.#samples < mostSamplesToWait && !isFull(sample)) return
    if (options.json) output.json(host.name, sample)
    else if (options.follow) output.line(sample)
    else output.write(hostTable({ host, facts: this.#facts, sample, emphasize: output.emphasize }))
    if (options.follow) this.#samples = mostSamplesToWait
    else ending.succeed()
  }
}

/** Whether all that takes a while has come: rates, and the file systems, which are asked on their own. */
function isFull({ values }: Sample): boolean {
  if ((values.get(hostMetric('cpu')) ?? null) === null) return false
  return [...values].some(([path, value]) => path.startsWith('/metrics/filesystem/') && value !== null)
}

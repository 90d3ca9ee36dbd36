import { createEngine } from '@engine/engine'
import { DiagnosticError, fromWireError } from '@shared/errors'
import type { Finding, HostDetails, HostSummary } from '@shared/model/host'
import type { Prompt } from '@shared/model/prompt'
import { RpcClient } from '@shared/rpc/client'
import { createCarrierPair } from '@shared/rpc/memory-carrier'
import { version } from '../../package.json'
import type { Ending } from './ending'
import { failureAt } from './exit'
import { findHost } from './find-host'
import type { Options } from './options'
import type { Output } from './output'
import { Answers } from './prompts'
import type { Ask } from './terminal'
import { plain } from './text'

export interface Run {
  readonly options: Options
  readonly password: string | null
  readonly ask: Ask | null
  readonly output: Output
  readonly ending: Ending
}

/** One command on one host. What it throws ends the run with that failure. */
export interface HostCommand {
  /** It is being connected. */
  start?(): void
  /** Its first samples are there. */
  live?(): void
  /** What its sources found, again whenever that changes. */
  found?(findings: readonly Finding[]): void
  close?(): void
}

/** Runs a command until its ending; nothing of it is left on the host afterwards. */
export async function runOnHost(run: Run, make: (connection: HostConnection) => HostCommand): Promise<void> {
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
    const connection = new HostConnection(client, host, run)
    const command = make(connection)
    await connection.start(command)
    await run.ending.over.finally(() => {
      command.close?.()
      client.close()
    })
  } finally {
    await engine.close()
  }
}

/** The way to one host: answers what is asked while it connects, and says what becomes of it. */
export class HostConnection {
  readonly client: RpcClient
  readonly host: string
  readonly run: Run
  readonly #answers: Answers
  /** Each is aborted when its question is answered or taken back. */
  readonly #seenPrompts = new Map<string, AbortController>()
  /** Findings that were told. */
  readonly #told = new Set<string>()
  #summary: HostSummary | null = null
  #facts: HostDetails['facts'] | null = null
  /** What was said last about a connection that was lost. */
  #trouble: string | null = null

  constructor(client: RpcClient, host: string, run: Run) {
    this.client = client
    this.host = host
    this.run = run
    this.#answers = new Answers({
      fingerprints: run.options.fingerprints,
      password: run.password,
      ask: run.ask,
      write: (text) => process.stderr.write(text),
    })
  }

  get summary(): HostSummary | null {
    return this.#summary
  }

  get facts(): HostDetails['facts'] | null {
    return this.#facts
  }

  /** As it is called in the output. */
  get name(): string {
    return this.#summary?.name ?? this.host
  }

  async start(command: HostCommand): Promise<void> {
    const { client, host } = this
    const { fail } = this.run.ending
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
      { host },
      {
        next: guarded((details) => {
          this.#found(details)
          command.found?.(details.findings)
        }),
        error: fail,
      },
    )
    await client.call('hosts.connect', { host })
    client.subscribe(
      'hosts.watch',
      {},
      { next: guarded((hosts) => this.#changed(hosts, command)), error: fail },
    )
    command.start?.()
  }

  /** Tells something once. */
  tell(text: string): void {
    if (this.#told.has(text)) return
    this.#told.add(text)
    this.run.output.note(plain(text))
  }

  #found({ facts, findings }: HostDetails): void {
    this.#facts = facts
    // What a source misses is the command's to tell; of the connection itself nothing else would.
    for (const { source, subject, detail } of findings)
      if (source === 'ssh') this.tell(`${subject}: ${detail}`)
  }

  #asked(prompts: readonly Prompt[]): void {
    const { signal, fail } = this.run.ending
    for (const [id, gone] of this.#seenPrompts) if (!prompts.some((prompt) => prompt.id === id)) gone.abort()
    for (const prompt of prompts) {
      if (prompt.host !== this.host || this.#seenPrompts.has(prompt.id)) continue
      const gone = new AbortController()
      this.#seenPrompts.set(prompt.id, gone)
      this.#answers
        .answer(prompt, AbortSignal.any([signal, gone.signal]))
        .then((answer) => this.client.call('prompts.answer', { id: prompt.id, answer }))
        .catch((error: unknown) => {
          // What becomes of the connection tells more than that nobody wants the answer any more.
          if (!gone.signal.aborted && !wasTakenBack(error)) fail(error)
        })
    }
  }

  #changed(hosts: readonly HostSummary[], command: HostCommand): void {
    const host = hosts.find(({ id }) => id === this.host)
    if (!host) throw new DiagnosticError('not-found', 'The host was removed from the saved ones.')
    const first = (this.#summary?.lastSampleAt ?? null) === null && host.lastSampleAt !== null
    this.#summary = host
    if (first) command.live?.()
    const { state, stage } = host
    const error = host.error && fromWireError(host.error)
    if (state === 'failed') throw failureAt(stage, error ?? new DiagnosticError('internal', 'It failed.'))
    const lost = state === 'reconnecting' && error !== null
    // Who waits for one answer, or never had one, is told; who follows waits until the host is back.
    if (lost && (host.lastSampleAt === null || !this.run.options.follow)) throw failureAt(stage, error)
    this.#tellState(lost ? error.message : state === 'stale' ? 'No samples arrive.' : null, state)
  }

  #tellState(trouble: string | null, state: HostSummary['state']): void {
    if (trouble === null && state !== 'live') return
    if (trouble === this.#trouble) return
    this.#trouble = trouble
    this.run.output.note(plain(trouble === null ? 'Live again.' : `${trouble} Waiting for the host.`))
  }
}

/** Between the answer and its arrival. */
const wasTakenBack = (error: unknown): boolean =>
  error instanceof DiagnosticError && error.code === 'not-found'

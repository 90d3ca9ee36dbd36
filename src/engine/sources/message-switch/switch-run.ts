import type { Clock } from '../../clock'
import { parseDiagnostics, type Diagnostics } from '../../formats/message-switch'
import type { MessageSink } from '../source'
import type { SwitchReader } from './reader'
import { queuesPath } from './requests'

interface Reading {
  /** How long the switch said that it runs, milliseconds. */
  readonly ran: number
  /** Between which moments of our own clock it said so. */
  readonly asked: number
  readonly answered: number
}

/**
 * Tells from how long a switch says that it runs whether it is still the one of before. Its ids alone do not say so
 * where it was restarted and has counted beyond the last one that was seen.
 */
export class SwitchRun {
  #last: Reading | null = null
  #isNew = false

  /** It was started after the reading before; until somebody has {@link taken} notice. */
  get isNew(): boolean {
    return this.#isNew
  }

  taken(): void {
    this.#isNew = false
  }

  async read(
    reader: SwitchReader,
    clock: Pick<Clock, 'monotonic'>,
    signal: AbortSignal,
  ): Promise<Diagnostics> {
    const asked = clock.monotonic()
    const diagnostics = parseDiagnostics(await reader.get(queuesPath, signal))
    this.note({ ran: Number(diagnostics.currentTime) / 1e6, asked, answered: clock.monotonic() })
    return diagnostics
  }

  note(reading: Reading): void {
    const last = this.#last
    this.#last = reading
    // The same one has run for `last.ran` and the time since then, a new one for that time at most. Half of what is
    // between the two is left to clocks that do not go alike.
    if (last && reading.ran < last.ran / 2 + (reading.asked - last.answered)) this.#isNew = true
  }
}

const runs = new WeakMap<MessageSink, SwitchRun>()

/** What is known of the switch behind a sink, from one connection to the next. */
export function runOf(sink: MessageSink): SwitchRun {
  const run = runs.get(sink) ?? new SwitchRun()
  runs.set(sink, run)
  return run
}

import { startProcess } from './commands/remote-process'
import { scriptLine } from './commands/script'
import type { Connection } from './connection'
import type { Subject } from './failures'

/** How far the host's clock is ahead of ours. */
export interface ClockOffset {
  /** Host minus here, milliseconds. */
  readonly milliseconds: number
  /** It is right to so many milliseconds: half of the shortest round trip, and what the host's clock shows. */
  readonly uncertainty: number
  /** When it was measured, `performance.now()`. */
  readonly measuredAt: number
}

const rounds = 5
const roundDeadline = 5_000

/** bash has a variable for it; `date` without nanoseconds (busybox) prints something else in their place. */
const script =
  'if [ -n "$EPOCHREALTIME" ]; then while read -r x; do echo "$EPOCHREALTIME"; done; ' +
  'else while read -r x; do date +%s.%N; done; fi'

/** Asks the host for its time, several times on one channel; the answer that came fastest counts. */
export async function measureClockOffset(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<ClockOffset | null> {
  const subject: Subject = {
    doing: `Reading the clock of ${connection.target.host}`,
    where: connection.label,
  }
  return connection.lifetime.run(subject, { signal }, rounds * roundDeadline, async (ended) => {
    const lines = new Lines()
    const process = await startProcess(
      connection,
      {
        subject,
        program: 'date',
        line: (nonce) => scriptLine(script, nonce),
        lasting: false,
        onOutput: (chunk) => lines.add(chunk),
        onErrorOutput: () => undefined,
      },
      ended,
    )
    process.done.then(
      () => lines.end(),
      () => lines.end(),
    )
    try {
      let best: ClockOffset | null = null
      for (let round = 0; round < rounds; round += 1) {
        const sent = performance.now()
        const sentAt = Date.now()
        process.input.write('\n')
        const line = await lines.next()
        const trip = performance.now() - sent
        const offset = line === null ? null : offsetOf(line, sentAt, trip)
        if (offset !== null && (best === null || offset.uncertainty < best.uncertainty)) best = offset
      }
      return best
    } finally {
      void process.terminate()
    }
  })
}

/** Null where the host's `date` gives no number. Exported for its tests. */
export function offsetOf(line: string, sentAt: number, trip: number): ClockOffset | null {
  const [, seconds, fraction] = /^(\d+)(?:[.,](\d+))?/.exec(line.trim()) ?? []
  if (seconds === undefined) return null
  const coarse = fraction === undefined
  // Cut to whole seconds it is late by half a second on average.
  const hostTime = Number(seconds) * 1000 + (coarse ? 500 : Number(`0.${fraction}`) * 1000)
  return {
    milliseconds: hostTime - (sentAt + trip / 2),
    uncertainty: trip / 2 + (coarse ? 500 : 0),
    measuredAt: performance.now(),
  }
}

class Lines {
  #text = ''
  #ended = false
  #waiting: ((line: string | null) => void) | undefined

  add(chunk: Buffer): void {
    this.#text += chunk.toString('latin1')
    this.#give()
  }

  end(): void {
    this.#ended = true
    this.#give()
  }

  next(): Promise<string | null> {
    return new Promise((resolve) => {
      this.#waiting = resolve
      this.#give()
    })
  }

  #give(): void {
    const end = this.#text.indexOf('\n')
    if (this.#waiting === undefined || (end < 0 && !this.#ended)) return
    const line = end < 0 ? null : this.#text.slice(0, end)
    this.#text = this.#text.slice(end + 1)
    const give = this.#waiting
    this.#waiting = undefined
    give(line)
  }
}

import type { HostCommand, HostConnection } from './connection'
import { Feed, hostMetric, type Sample } from './feed'
import { lineHeader, sampleJson, sampleLine } from './lines'
import { hostTable } from './table'

/** After so many samples what is still missing is shown as missing. */
const mostSamplesToWait = 4

/** Shows all figures of a host, once or again each second. */
export class MetricsCommand implements HostCommand {
  readonly #connection: HostConnection
  readonly #feed: Feed
  #samples = 0
  /** Lines on the screen since its header. */
  #lines = 0

  constructor(connection: HostConnection) {
    this.#connection = connection
    const { client, host, run } = connection
    this.#feed = new Feed({
      client,
      host,
      onSample: (sample) => this.#sampled(sample),
      onError: run.ending.fail,
    })
  }

  live(): void {
    this.#feed.refresh().catch(this.#connection.run.ending.fail)
  }

  close(): void {
    this.#feed.close()
  }

  #sampled(sample: Sample): void {
    const { run, summary: host, facts } = this.#connection
    const { options, output, ending } = run
    if (!host || ending.signal.aborted) return
    this.#samples += 1
    // Rates need two samples.
    if (this.#samples < mostSamplesToWait && !isFull(sample)) return
    const emphasize = (text: string): string => output.paint('strong', text)
    if (options.json) output.write(`${sampleJson(host.name, sample)}\n`)
    else if (options.follow) this.#line(sample)
    else output.write(hostTable({ host, facts, sample, emphasize }))
    if (options.follow) this.#samples = mostSamplesToWait
    else ending.succeed()
  }

  /** With the header again on every screen of a terminal. */
  #line(sample: Sample): void {
    const { output } = this.#connection.run
    const screen = output.terminal ? Math.max(5, output.terminal.rows) - 1 : Infinity
    if (this.#lines === 0 || this.#lines >= screen) {
      output.write(`${output.paint('strong', lineHeader)}\n`)
      this.#lines = 1
    }
    output.write(`${sampleLine(sample)}\n`)
    this.#lines += 1
  }
}

/** Whether all that takes a while has come: rates, and the file systems, which are asked on their own. */
function isFull({ values }: Sample): boolean {
  if ((values.get(hostMetric('cpu')) ?? null) === null) return false
  return [...values].some(([path, value]) => path.startsWith('/metrics/filesystem/') && value !== null)
}

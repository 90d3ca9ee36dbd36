import { DiagnosticError, toWireError } from '@shared/errors'
import type { Transport } from '../../transports/transport'
import type { ProbeContext, ProbeResult } from '../source'
import { chooseArchives, type Found } from './archives'
import { describeFound, historyFinding } from './findings'
import type { SysstatOptions } from './options'
import { survey } from './survey'

export class SysstatProbe {
  readonly #options: SysstatOptions
  /** For the opening that follows on the same transport. */
  readonly #found = new WeakMap<Transport, Found>()

  constructor(options: SysstatOptions) {
    this.#options = options
  }

  async foundOn(context: ProbeContext): Promise<Found> {
    const found = this.#found.get(context.transport) ?? (await this.#look(context))
    // Only once: whoever comes later wants to know what is there by then.
    this.#found.delete(context.transport)
    return found
  }

  async probe(context: ProbeContext): Promise<ProbeResult> {
    try {
      const found = await this.#look(context)
      this.#found.set(context.transport, found)
      return {
        usable: found.archives.chosen.length > 0,
        findings: [describeFound(found, this.#options)],
        facts: {},
      }
    } catch (thrown) {
      if (thrown instanceof DiagnosticError && thrown.code === 'connection-lost') throw thrown
      const { message, hint } = toWireError(thrown)
      const detail = hint === undefined ? message : `${message} ${hint}`
      return { usable: false, findings: [historyFinding(false, detail)], facts: {} }
    }
  }

  async #look(context: ProbeContext): Promise<Found> {
    const seen = await survey(context, this.#options)
    return { survey: seen, archives: chooseArchives(seen, this.#options.days) }
  }
}

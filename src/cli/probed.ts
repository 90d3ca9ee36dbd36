import { DiagnosticError } from '@shared/errors'
import type { Finding } from '@shared/model/host'
import type { HostConnection } from './connection'

/** Waits until it is known whether a host has what a command shows; says what is missing of it. */
export class Probed {
  /** Rejects where there is nothing of it. */
  readonly usable: Promise<void>
  readonly #connection: HostConnection
  readonly #concerns: (finding: Finding) => boolean
  #isUsable = false
  #resolve: () => void = () => undefined
  #reject: (error: DiagnosticError) => void = () => undefined

  constructor(connection: HostConnection, concerns: (finding: Finding) => boolean) {
    this.#connection = connection
    this.#concerns = concerns
    this.usable = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    // It may fail before anybody waits for it.
    this.usable.catch(() => undefined)
  }

  found(findings: readonly Finding[]): void {
    const own = findings.filter(this.#concerns)
    const missing = own.filter(({ available }) => !available)
    if (missing.length < own.length) {
      this.#isUsable = true
      this.#resolve()
    }
    const texts = missing.map(({ subject, detail }) => `${subject}: ${detail}`)
    // On most hosts there is a journal or there are files: that the other is missing is no news.
    if (this.#isUsable) {
      for (const [at, text] of texts.entries())
        if (missing[at]?.subject !== 'journal') this.#connection.tell(text)
    } else if (missing.length > 0) {
      this.#reject(
        new DiagnosticError('not-found', 'This host does not show them.', { hint: texts.join('\n  ') }),
      )
    }
  }
}

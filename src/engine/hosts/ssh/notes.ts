import type { Finding } from '@shared/model/host'
import { Notifier } from '../../notifier'

/** What is not well on the way to a host, one note for each subject, as long as it is so. */
export class Notes {
  /** Tells when {@link findings} gives something else. */
  readonly changes = new Notifier()
  readonly #findings = new Map<string, Finding>()

  findings(): Finding[] {
    return [...this.#findings.values()]
  }

  /** Without a detail all is well with the subject. */
  set(subject: string, detail: string | undefined): void {
    if (this.#findings.get(subject)?.detail === detail) return
    if (detail === undefined) this.#findings.delete(subject)
    else this.#findings.set(subject, { source: 'ssh', subject, available: false, detail })
    this.changes.notify()
  }
}

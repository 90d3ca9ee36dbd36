/** Crashes within this time count together, milliseconds. */
const together = 60_000
const most = 3
const firstWait = 200

export interface RecoveryOptions {
  readonly reload: () => void
  /** It crashed again and again: a person decides. True: try once more. */
  readonly ask: () => Promise<boolean>
  readonly quit: () => void
  readonly log: (line: string) => void
  readonly now?: () => number
}

/** Loads the window's page again after its process died; asks when that happens too often. */
export class CrashRecovery {
  readonly #options: RecoveryOptions
  readonly #now: () => number
  #crashes: number[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(options: RecoveryOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  /** `reason` is Electron's: "crashed", "oom", "killed" ... */
  async gone(reason: string): Promise<void> {
    if (reason === 'clean-exit') return
    const { reload, ask, quit, log } = this.#options
    log(`The window's process ended (${reason}).`)
    this.#crashes = [...this.#crashes.filter((time) => this.#now() - time < together), this.#now()]
    if (this.#crashes.length > most) {
      if (!(await ask())) {
        quit()
        return
      }
      this.#crashes = []
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(reload, firstWait * 2 ** Math.max(0, this.#crashes.length - 1))
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

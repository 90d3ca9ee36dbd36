import { lowerAscii, matchesPattern, matchPatternList } from '../pattern'
import { readers, type Draft } from './draft'
import { expandTokens } from './expand'
import { silentKeywords, unsupportedKeywords } from './keywords'
import { matchLine } from './match-line'
import type { ConfigLine, ConfigWarning, LoadedFile, SshConfig } from './model'
import { printable } from './words'

export interface Question {
  /** What was asked for, as typed. */
  readonly alias: string
  readonly localUser: string
}

/** One walk through the files: what applies to a host is collected in the draft. */
export class Evaluation {
  readonly draft: Draft = { settings: {}, identityFiles: [] }
  readonly warnings: ConfigWarning[] = []
  /** A `Match final` was met: the files are to be walked through once more. */
  wantsFinal = false

  readonly #question: Question
  #host: string
  #final = false
  #active = true

  constructor(question: Question) {
    this.#question = question
    this.#host = question.alias
  }

  /** `host` is what `Host` patterns are held against: first the alias, in the final walk the host's name. */
  walk(config: SshConfig, host: string, final: boolean): void {
    this.#host = host
    this.#final = final
    for (const file of config.files) {
      this.#active = true
      this.#walkFile(file, false)
    }
  }

  #walkFile(file: LoadedFile, never: boolean): void {
    for (const line of file.lines) {
      switch (line.keyword) {
        case 'host':
          this.#active = this.#namesHost(line) && !never
          break
        case 'match':
          this.#active = this.#matches(line, never) && !never
          break
        case 'include':
          this.#walkIncluded(line, never)
          break
        default:
          this.#apply(line, file.scope)
      }
    }
  }

  /** An included file begins with the state of its line, and cannot change it for the lines behind. */
  #walkIncluded(line: ConfigLine, never: boolean): void {
    const active = this.#active
    for (const file of line.included) {
      this.#walkFile(file, never || !active)
      this.#active = active
    }
  }

  #namesHost(line: ConfigLine): boolean {
    let names = false
    for (const written of line.args) {
      if (written === '') {
        this.#warn(line, 'mistake', 'Host holds an empty pattern.')
        return false
      }
      const negated = written.startsWith('!')
      if (!matchesPattern(this.#host, negated ? written.slice(1) : written)) continue
      if (negated) return false
      names = true
    }
    return names
  }

  #matches(line: ConfigLine, never: boolean): boolean {
    const { alias, localUser } = this.#question
    const result = matchLine(line.rest, {
      host: this.#hostSoFar(),
      originalHost: alias,
      user: this.draft.settings.user?.value ?? localUser,
      localUser,
      final: this.#final,
    })
    if ('mistake' in result) {
      this.#warn(line, 'mistake', result.mistake)
      return false
    }
    this.wantsFinal ||= result.wantsFinal
    if (result.undecided !== null && !never) {
      const { criterion, value } = result.undecided
      const reason =
        criterion === 'exec' ? 'commands of the configuration are not run' : 'it is not supported'
      this.#warn(
        line,
        'unsupported',
        `Match ${criterion} ${printable(value)} counts as not met: ${reason}. Its block is passed over.`,
        'If you need what it sets, write it under a Host line.',
      )
    }
    return result.matches
  }

  /** The HostName that was set already, else what was asked for. */
  #hostSoFar(): string {
    const { hostName } = this.draft.settings
    if (hostName === undefined || this.#final) return hostName?.value ?? this.#host
    const expanded = expandTokens(hostName.value, { h: this.#host })
    return 'value' in expanded ? expanded.value : this.#host
  }

  #apply(line: ConfigLine, scope: 'user' | 'system'): void {
    const read = readers.get(line.keyword)
    if (read === undefined) {
      this.#passOver(line)
      return
    }
    const mistake = read(this.draft, line, this.#active, scope)
    if (mistake !== null) this.#warn(line, 'mistake', mistake)
  }

  #passOver(line: ConfigLine): void {
    const unsupported = unsupportedKeywords.get(line.keyword)
    if (unsupported !== undefined) {
      const value = lowerAscii(line.args[0] ?? '')
      if (this.#active && !unsupported.harmless.includes(value)) {
        this.#warn(line, 'unsupported', unsupported.message, unsupported.hint)
      }
      return
    }
    if (silentKeywords.has(line.keyword)) return
    const ignored = this.draft.settings.ignoreUnknown?.value
    if (ignored !== undefined && matchPatternList(line.keyword, lowerAscii(ignored)) === 'match') return
    this.#warn(
      line,
      'mistake',
      `${printable(line.keyword)} is no keyword of ssh_config.`,
      'Check its spelling.',
    )
  }

  #warn(line: ConfigLine, kind: ConfigWarning['kind'], message: string, hint?: string): void {
    const { origin } = line
    // The final walk meets the same lines again.
    const said = this.warnings.some(
      (other) =>
        other.message === message && other.origin?.line === origin.line && other.origin.file === origin.file,
    )
    if (!said) this.warnings.push({ kind, message, hint, origin })
  }
}

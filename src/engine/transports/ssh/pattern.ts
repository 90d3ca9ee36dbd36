/** Patterns of OpenSSH: `*` any run of characters, `?` one character; see PATTERNS in ssh_config(5). */

/** Lower-cases A-Z only, as OpenSSH does: other alphabets are compared as they are. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** Whether the whole text matches. Case counts. Takes at most length(text) x length(pattern) steps. */
export function matchesPattern(text: string, pattern: string): boolean {
  let at = 0
  let next = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    const wanted = pattern[next]
    if (wanted === '*') {
      star = next++
      resume = at
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[at])) {
      at++
      next++
    } else if (star >= 0) {
      next = star + 1
      at = ++resume
    } else {
      return false
    }
  }
  while (pattern[next] === '*') next++
  return next === pattern.length
}

/** `negated` when a `!pattern` matched, whatever else did; `none` when nothing matched. */
export type ListMatch = 'match' | 'negated' | 'none'

/** OpenSSH gives up on a list at a pattern of this length. */
const longestPattern = 1022

/** Matches a comma-separated list of patterns, each perhaps negated by `!`. Case counts. */
export function matchPatternList(text: string, list: string): ListMatch {
  let result: ListMatch = 'none'
  const patterns = list.split(',')
  if (patterns.at(-1) === '') patterns.pop()
  for (const written of patterns) {
    const negated = written.startsWith('!')
    const pattern = negated ? written.slice(1) : written
    if (pattern.length > longestPattern) return 'none'
    if (!matchesPattern(text, pattern)) continue
    if (negated) return 'negated'
    result = 'match'
  }
  return result
}

/** Matches a host name against a list without regard to case. */
export function matchHostList(host: string, list: string): ListMatch {
  return matchPatternList(lowerAscii(host), lowerAscii(list))
}

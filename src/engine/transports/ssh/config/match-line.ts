import { lowerAscii, matchHostList, matchPatternList } from '../pattern'
import { firstWord, printable } from './words'

/** What the criteria of a `Match` line are held against. */
export interface MatchFacts {
  /** Where the connection would go by what is known so far. */
  readonly host: string
  /** As asked for. */
  readonly originalHost: string
  readonly user: string
  readonly localUser: string
  readonly final: boolean
}

interface Criterion {
  readonly name: string
  readonly negated: boolean
  /** Empty for `all`, `final` and `canonical`. */
  readonly value: string
}

export type MatchResult =
  | {
      readonly matches: boolean
      /** `final` was named: the files are to be gone through again. */
      readonly wantsFinal: boolean
      /** What else would have to be met, as `exec`, which is not run; it counts as not met. */
      readonly undecided: { readonly criterion: string; readonly value: string } | null
    }
  | { readonly mistake: string }

const withoutValue = new Set(['final', 'canonical'])
/** Commands are not run, and what newer versions of OpenSSH ask for is not known here. */
const undecidable = new Set(['exec', 'tagged', 'localnetwork', 'version', 'sessiontype', 'command'])

/** Decides a `Match` line by what stands behind the keyword. */
export function matchLine(text: string, facts: MatchFacts): MatchResult {
  const criteria = parseCriteria(text)
  if (typeof criteria === 'string') return { mistake: criteria }
  const open = criteria.find(({ name }) => undecidable.has(name))
  let matches = true
  for (const { name, negated, value } of criteria) {
    if (undecidable.has(name)) continue
    const met = meets(name, value, facts)
    if (met === null) return { mistake: `${printable(name)} is no criterion of Match.` }
    matches &&= met !== negated
  }
  return {
    matches: matches && open === undefined,
    wantsFinal: criteria.some(({ name }) => name === 'final'),
    undecided: matches && open !== undefined ? { criterion: open.name, value: open.value } : null,
  }
}

/** The criteria of a line, or what is wrong with it. */
function parseCriteria(text: string): Criterion[] | string {
  const criteria: Criterion[] = []
  let rest: string | null = text
  for (;;) {
    const taken = firstWord(rest)
    rest = taken.rest
    if (isEnd(taken.word)) break
    const negated = taken.word.startsWith('!')
    const name = lowerAscii(negated ? taken.word.slice(1) : taken.word)
    if (name === 'all') {
      // ssh lets one criterion stand before it.
      if (criteria.length > 1 || !isEnd(firstWord(rest).word)) return '"all" must stand alone.'
      return [...criteria, { name, negated, value: '' }]
    }
    if (withoutValue.has(name)) {
      criteria.push({ name, negated, value: '' })
      continue
    }
    const value = firstWord(rest)
    rest = value.rest
    if (isEnd(value.word)) return `A value is missing behind ${printable(taken.word)}.`
    criteria.push({ name, negated, value: value.word })
  }
  return criteria.length > 0 ? criteria : 'Match needs a criterion.'
}

/** No word, an empty one and a comment all end the line. */
function isEnd(word: string | null): word is null | '' {
  return word === null || word === '' || word.startsWith('#')
}

function meets(name: string, value: string, facts: MatchFacts): boolean | null {
  switch (name) {
    case 'all':
      return true
    case 'final':
    case 'canonical':
      return facts.final
    case 'host':
      return matchHostList(facts.host, value) === 'match'
    case 'originalhost':
      return matchHostList(facts.originalHost, value) === 'match'
    case 'user':
      return matchPatternList(facts.user, value) === 'match'
    case 'localuser':
      return matchPatternList(facts.localUser, value) === 'match'
    default:
      return null
  }
}

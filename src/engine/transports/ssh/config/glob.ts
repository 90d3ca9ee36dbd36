import type { ConfigIo } from './local-io'

/** Paths of `Include` lines with the wildcards of glob(7): `*`, `?`, `[a-z]`, `[!a]`, `\` to escape. */

const magic = /[*?[]/
const maxMatches = 4_096

/** Paths of existing files, or of what may be one, in byte order. */
export async function expandGlob(pattern: string, io: ConfigIo): Promise<string[]> {
  if (!magic.test(pattern)) return [unescaped(pattern)]
  const absolute = pattern.startsWith('/')
  let found = [absolute ? '/' : '']
  for (const part of pattern.split('/')) {
    if (part === '') continue
    const grown = await Promise.all(found.map((base) => expandPart(base, part, io)))
    found = grown.flat().slice(0, maxMatches)
  }
  return found.map((path) => path.replace(/\/$/, '')).sort(byBytes)
}

/** `base` ends in a slash or is empty; so do the results, for the next part. */
async function expandPart(base: string, part: string, io: ConfigIo): Promise<string[]> {
  if (!magic.test(part)) return [`${base}${unescaped(part)}/`]
  const matches = partMatcher(part)
  const names = await io.readDirectory(base === '' ? '.' : base)
  return names.filter((name) => matches(name)).map((name) => `${base}${name}/`)
}

/** Hidden names need a written dot. */
function partMatcher(part: string): (name: string) => boolean {
  const expression = compiled(`^${toExpression(part)}$`)
  if (expression === null) return () => false
  const hiddenToo = part.startsWith('.') || part.startsWith('\\.')
  return (name) =>
    name !== '.' && name !== '..' && (hiddenToo || !name.startsWith('.')) && expression.test(name)
}

/** Null for a range that runs backwards, as in `[z-a]`. */
function compiled(source: string): RegExp | null {
  try {
    return new RegExp(source, 's')
  } catch {
    return null
  }
}

function toExpression(part: string): string {
  let source = ''
  for (let at = 0; at < part.length; at++) {
    const character = part.charAt(at)
    const set = character === '[' ? /^\[([!^]?)(\]?[^\]]*)\]/.exec(part.slice(at)) : null
    if (set !== null) {
      const members = (set[2] ?? '').replace(/[\\\]^[]/g, '\\$&')
      source += `[${set[1] === '' ? '' : '^'}${members}]`
      at += set[0].length - 1
    } else if (character === '*') {
      // Consecutive stars mean one, and would only slow the expression down.
      if (part[at - 1] !== '*') source += '.*'
    } else if (character === '?') {
      source += '.'
    } else {
      if (character === '\\' && at + 1 < part.length) at++
      source += part.charAt(at).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
    }
  }
  return source
}

const unescaped = (text: string): string => text.replace(/\\(.)/g, '$1')

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

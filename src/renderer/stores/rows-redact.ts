/** Secrets in the text of rows, before it leaves the console. */

const replacement = '[redacted]'
const names =
  'pool_?secret|session_?(?:id|ref)?|passw(?:or)?d|passphrase|secret|(?:auth_?|access_?|api_?)?token|api_?key|chap_?(?:user|password|secret)'

const patterns: readonly RegExp[] = [
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /(\bauthorization["']?\s*[:=]\s*["']?(?:basic|bearer|digest|negotiate)?\s*)[^\s"',;]+/gi,
  /(:\/\/[^\s/:@]+:)[^\s/@]+(?=@)/g,
  new RegExp(`(\\b(?:${names})\\b["']?\\s*[:=]\\s*["']?)[^\\s"',;&)\\]}]+`, 'gi'),
]

/** The text without them, and how many there were. */
export function redact(text: string): { readonly text: string; readonly count: number } {
  let count = 0
  let out = text
  for (const pattern of patterns) {
    out = out.replace(pattern, (_, kept: string) => {
      count++
      return kept + replacement
    })
  }
  return { text: out, count }
}

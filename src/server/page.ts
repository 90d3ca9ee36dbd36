import { randomBytes } from 'node:crypto'

/** Where a page wants its nonce; it may stand there more than once. */
export const noncePlaceholder = '%CSP_NONCE%'

export interface RenderedPage {
  readonly html: string
  readonly nonce: string
}

/**
 * A page with a nonce of its own, for styles that scripts add: in the place of `%CSP_NONCE%`,
 * else in a `<meta name="csp-nonce">` at the start of the head (as its `nonce`, which style rules cannot read out).
 */
export function renderPage(source: string): RenderedPage {
  const nonce = randomBytes(16).toString('base64url')
  const html = source.includes(noncePlaceholder)
    ? source.replaceAll(noncePlaceholder, nonce)
    : source.replace(/<head[^>]*>/i, (head) => `${head}<meta name="csp-nonce" nonce="${nonce}">`)
  return { html, nonce }
}

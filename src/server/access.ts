import { headerValues } from './headers'
import { problem, type Problem } from './problem'

/** What access control looks at; an IncomingMessage has this shape. */
export interface RequestFacts {
  readonly httpVersion: string
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly rawHeaders: readonly string[]
}

/** Where the server is bound, as an honest browser names it. */
export interface Door {
  /** `127.0.0.1:8080` */
  readonly host: string
  /** `http://127.0.0.1:8080` */
  readonly origin: string
}

/** Browsers leave out the default port of the scheme, in both. */
export function loopbackDoor(port: number): Door {
  const url = new URL(`http://127.0.0.1:${port}`)
  return { host: url.host, origin: url.origin }
}

/** A check gives the reason for a refusal, or undefined. */
export type Check = (request: RequestFacts) => Problem | undefined

/** The first refusal of several checks. */
export const allOf =
  (...checks: readonly Check[]): Check =>
  (request) => {
    for (const check of checks) {
      const refusal = check(request)
      if (refusal) return refusal
    }
    return undefined
  }

export const http11Only: Check = ({ httpVersion }) =>
  httpVersion === '1.1' ? undefined : problem(505, `HTTP ${httpVersion} is not served; use HTTP/1.1.`)

/** Beyond the size limit of the whole head, which the parser enforces. */
export const fewHeaders =
  (most: number): Check =>
  ({ rawHeaders }) =>
    rawHeaders.length / 2 > most
      ? problem(431, `At most ${most} header fields are accepted in a request.`)
      : undefined

/** Exactly one Host, equal to the bound one: DNS rebinding and proxies end here. */
export const boundHost =
  (door: Door): Check =>
  ({ rawHeaders }) => {
    const hosts = headerValues(rawHeaders, 'host')
    if (hosts.length !== 1) return problem(400, `Exactly one Host header is needed, not ${hosts.length}.`)
    if (hosts[0] === door.host) return undefined
    return problem(421, `The Host header must be ${door.host}: this server answers under no other name.`)
  }

/** Only `/path`: no absolute form (this is no proxy), no `*`, no authority. */
export const originForm: Check = ({ url = '' }) =>
  /^\/[\x21-\x7e]*$/.test(url)
    ? undefined
    : problem(400, 'The request target must be a path that begins with "/".')

/** Origin is exact where it is needed, and where it is sent. */
export const ownOrigin =
  (door: Door, needed: boolean): Check =>
  ({ rawHeaders }) => {
    const origins = headerValues(rawHeaders, 'origin')
    if (origins.length === 0 && !needed) return undefined
    if (origins.length === 1 && origins[0] === door.origin) return undefined
    return problem(
      403,
      `The request must come from ${door.origin}: its Origin header says otherwise or is missing.`,
    )
  }

/**
 * Fetch metadata, which pages cannot forge. Programs do not send it; browsers do.
 * `none` is a person's own doing (address bar, bookmark, opened by another program): only for a page.
 * `cross-site` is how the launch file leads to the console, and so could any site: only to the page at `/`, which is
 * the same for everybody, as the whole of a tab.
 */
export const sameSite =
  (page: boolean): Check =>
  (request) => {
    const { rawHeaders } = request
    const sites = headerValues(rawHeaders, 'sec-fetch-site')
    if (sites.length === 0 || (sites.length === 1 && sites[0] === 'same-origin')) return undefined
    if (page && sites.length === 1 && sites[0] === 'none' && isTopNavigation(rawHeaders)) return undefined
    if (page && sites.length === 1 && sites[0] === 'cross-site' && isFollowedLink(request)) return undefined
    return problem(403, 'Requests from other sites are refused: open the console by the address it printed.')
  }

function isTopNavigation(rawHeaders: readonly string[]): boolean {
  const mode = headerValues(rawHeaders, 'sec-fetch-mode')
  const destination = headerValues(rawHeaders, 'sec-fetch-dest')
  return mode.every((value) => value === 'navigate') && destination.every((value) => value === 'document')
}

function isFollowedLink({ method, url, rawHeaders }: RequestFacts): boolean {
  const said = (name: string): string => headerValues(rawHeaders, name).join()
  return (
    method === 'GET' &&
    url === '/' &&
    said('sec-fetch-mode') === 'navigate' &&
    said('sec-fetch-dest') === 'document'
  )
}

export const methods =
  (...allowed: readonly string[]): Check =>
  ({ method = '' }) =>
    allowed.includes(method)
      ? undefined
      : problem(405, `${method} is not served here; allowed: ${allowed.join(', ')}.`, {
          Allow: allowed.join(', '),
        })

/** One Content-Type, letter for letter: parameters and other spellings are how form posts pass for JSON. */
export const jsonOnly: Check = ({ rawHeaders }) => {
  const types = headerValues(rawHeaders, 'content-type')
  const encodings = headerValues(rawHeaders, 'content-encoding')
  return types.length === 1 && types[0] === 'application/json' && encodings.length === 0
    ? undefined
    : problem(415, 'The body must be sent as application/json, without parameters or encoding.')
}

export const noBody: Check = ({ rawHeaders }) => {
  const lengths = headerValues(rawHeaders, 'content-length')
  const chunked = headerValues(rawHeaders, 'transfer-encoding')
  return chunked.length === 0 && lengths.every((length) => length === '0')
    ? undefined
    : problem(400, 'This request takes no body.')
}

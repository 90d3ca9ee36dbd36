import type { ByteString } from '@engine/formats/message-switch'

/** What the switch makes of a request's target (OCaml's `uri` library, through cohttp). */
export interface RequestUri {
  /** Each as it is after decoding what needs no encoding and encoding what does; `/nope` is `['', 'nope']`. */
  readonly segments: readonly string[]
  /** As it stands in `Not found: ...`. */
  readonly text: string
}

export function requestUri(resource: ByteString, host: string | undefined): RequestUri {
  const absolute = /^([a-zA-Z][\w+.-]*):\/\/([^/?#]*)([^#]*)/.exec(resource)
  const [target = '', ...queries] = (absolute === null ? resource : (absolute[3] ?? '')).split('?')
  const segments = canonicalPath(target)
  const base =
    absolute === null
      ? host === undefined
        ? ''
        : `//${host}`
      : `${absolute[1] ?? ''}://${absolute[2] ?? ''}`
  const query = queries.length === 0 ? '' : `?${encode(queries.join('?'), notInQuery)}`
  return { segments, text: base + segments.join('/') + query }
}

const notInSegment = /[^\w.~!$&'()*+,;=:@-]/g
const notInQuery = /[^\w.~!$&'()*+,;=:@/?%-]/g

function canonicalPath(path: ByteString): string[] {
  if (path === '*') return ['']
  const absolute = path.startsWith('/') ? path : `/${path}`
  const segments: string[] = []
  const all = absolute.split('/')
  for (const [index, segment] of all.entries()) {
    const plain = percentDecode(segment)
    const dots = plain === '.' || plain === '..'
    if (plain === '..' && segments.length > 1) segments.pop()
    if (!dots) segments.push(encode(plain, notInSegment))
    else if (index === all.length - 1) segments.push('')
  }
  return segments
}

export const percentDecode = (text: string): ByteString =>
  text.replace(/%([\da-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))

const encode = (text: ByteString, pattern: RegExp): string =>
  text.replace(pattern, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)

/**
 * Header fields as they stood on the wire: Node's parsed `headers` keeps only the first of two Host fields
 * and joins others, so access control reads `rawHeaders`.
 */
export function headerValues(rawHeaders: readonly string[], name: string): string[] {
  const wanted = name.toLowerCase()
  const values: string[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const value = rawHeaders[index + 1]
    if (rawHeaders[index]?.toLowerCase() === wanted && value !== undefined) values.push(value)
  }
  return values
}

/** The elements of a comma-separated header, over all its fields. */
export function headerList(rawHeaders: readonly string[], name: string): string[] {
  return headerValues(rawHeaders, name)
    .flatMap((value) => value.split(','))
    .map((element) => element.trim())
    .filter((element) => element !== '')
}

export interface ContentPolicy {
  /** Of one response; styles that carry it are applied. */
  readonly nonce?: string | undefined
  /** Only the development server needs workers from blobs. */
  readonly blobWorkers?: boolean | undefined
}

/** The policy of the console's page: everything from its own origin, nothing inline but styles with the nonce. */
export function contentSecurityPolicy({ nonce, blobWorkers }: ContentPolicy = {}): string {
  const styles = nonce === undefined ? `style-src 'self'` : `style-src 'self' 'nonce-${nonce}'`
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    // Covers the WebSocket too: CSP level 3 matches ws: to an http: 'self' of the same host and port.
    `connect-src 'self'`,
    styles,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
    ...(blobWorkers ? [`worker-src blob:`] : []),
  ].join('; ')
}

const deniedFeatures = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
]

/** Copying is the only permission that the console's page may use. */
const permissionsPolicy = [
  ...deniedFeatures.map((feature) => `${feature}=()`),
  'clipboard-write=(self)',
  'fullscreen=(self)',
].join(', ')

/** Sent with every response, refusals included. */
export function securityHeaders(policy: ContentPolicy = {}): Record<string, string> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(policy),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': permissionsPolicy,
  }
}

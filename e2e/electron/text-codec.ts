/** Messages of the double that cross into the browser as text: JSON, with bytes as base64. */
export type Message = Record<string, unknown> & { readonly type: string }

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const encodeText = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner instanceof Uint8Array ? { $bytes: Buffer.from(inner).toString('base64') } : inner,
  )

export const decodeText = (text: string): unknown =>
  JSON.parse(text, (_, inner: unknown) =>
    isRecord(inner) && typeof inner['$bytes'] === 'string'
      ? new Uint8Array(Buffer.from(inner['$bytes'], 'base64'))
      : inner,
  )

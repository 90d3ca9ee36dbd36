import { messageFields, withTerm } from '@shared/filter'

export interface OpenedCell {
  readonly service: string
  readonly method: string | null
  /** Epoch milliseconds of the engine's clock. */
  readonly from: number
  readonly to: number
  /** Seconds; null where that end is open. */
  readonly low: number | null
  readonly high: number | null
}

const duration = (seconds: number): string =>
  seconds >= 1 ? `${plain(seconds)}s` : `${plain(seconds * 1_000)}ms`
/** Six digits, never with an exponent. */
const plain = (value: number): string => String(Number(value.toPrecision(6)))

/** The filter that finds the replies of a cell of the heatmap. */
export function cellFilter({ service, method, from, to, low, high }: OpenedCell): string {
  let text = withTerm('kind:response', ['service'], service, 'include', messageFields)
  if (method !== null) text = withTerm(text, ['method'], method, 'include', messageFields)
  if (low !== null && high !== null) text += ` latency:[${duration(low)} to ${duration(high)}]`
  else if (low !== null) text += ` latency:>=${duration(low)}`
  else if (high !== null) text += ` latency:<${duration(high)}`
  return `${text} time:[${new Date(from).toISOString()} to ${new Date(to - 1).toISOString()}]`
}

/** A filter with the service added. */
export const ofService = (text: string, service: string): string =>
  withTerm(text, ['service'], service, 'include', messageFields)

import { DiagnosticError, toWireError } from '@shared/errors'
import { chooseFormat, logFormats, type LogFormat } from '../../formats/logs'
import type { Transport } from '../../transports/transport'
import { LineBatches } from './line-batches'
import { linesOf } from './log-stream'

/** Bytes at the end of a file that are looked at. */
const sampleBytes = 16 * 1024
/** Lines from which on the format is certain. */
const certain = 10

export type Look =
  | {
      readonly kind: 'log'
      readonly path: string
      readonly format: LogFormat
      /** False while there are too few lines to tell. */
      readonly isCertain: boolean
    }
  | { readonly kind: 'binary' | 'gone'; readonly path: string }
  | { readonly kind: 'refused'; readonly path: string; readonly reason: string }

/** Opens a file once: whether it is text that may be read, and how its lines look. */
export async function lookAtFile(transport: Transport, path: string, signal: AbortSignal): Promise<Look> {
  try {
    const file = await transport.openForReading(path, { signal })
    try {
      const { size } = await file.status({ signal })
      const start = Math.max(0, size - sampleBytes)
      return lookAt(path, await file.readAt(start, sampleBytes, { signal }), start > 0)
    } finally {
      await file.close()
    }
  } catch (thrown) {
    if (thrown instanceof DiagnosticError && thrown.code === 'connection-lost') throw thrown
    const { code, message } = toWireError(thrown)
    if (code === 'not-found') return { kind: 'gone', path }
    return { kind: 'refused', path, reason: message }
  }
}

function lookAt(path: string, sample: Uint8Array, isTorn: boolean): Look {
  if (isBinary(sample)) return { kind: 'binary', path }
  const batch = new LineBatches().push(sample)
  const lines = batch === null ? [] : linesOf(batch).slice(isTorn ? 1 : 0)
  const format = lines.length === 0 ? logFormats.plain : chooseFormat(lines)
  return { kind: 'log', path, format, isCertain: lines.length >= certain }
}

/** Text holds no NUL byte and few control characters; bytes above 127 may be any encoding. */
export function isBinary(sample: Uint8Array): boolean {
  let odd = 0
  for (const value of sample) {
    if (value === 0) odd += 8
    else if (value < 32 && (value < 7 || value > 13) && value !== 27) odd++
  }
  return odd > sample.length / 10 && sample.length > 0
}

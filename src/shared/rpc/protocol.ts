import * as v from 'valibot'
import { wireError } from '../errors'

/**
 * Messages of the rpc. The asking side numbers its calls and subscriptions; a subscription's items flow
 * only against credit, so a slow window slows its engine down instead of filling its own memory.
 */
const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const credit = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024))
const name = v.pipe(v.string(), v.maxLength(128))

export const request = v.variant('type', [
  v.strictObject({ type: v.literal('call'), id, name, params: v.unknown() }),
  v.strictObject({ type: v.literal('subscribe'), id, name, params: v.unknown(), credit }),
  v.strictObject({ type: v.literal('credit'), id, credit }),
  v.strictObject({ type: v.literal('cancel'), id }),
])
export type Request = v.InferOutput<typeof request>

export const response = v.variant('type', [
  v.strictObject({ type: v.literal('result'), id, value: v.unknown() }),
  v.strictObject({ type: v.literal('item'), id, value: v.unknown() }),
  v.strictObject({ type: v.literal('end'), id }),
  v.strictObject({ type: v.literal('error'), id, error: wireError }),
])
export type Response = v.InferOutput<typeof response>

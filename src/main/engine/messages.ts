import * as v from 'valibot'

/** Opens the vault of the desktop; or why the system keeps no key for it: a clause for people. */
export const foundKey = v.union([v.strictObject({ key: v.string() }), v.strictObject({ reason: v.string() })])
export type FoundKey = v.InferOutput<typeof foundKey>

/** What the shell and the engine's utility process say to each other over its parent port. */
export const toEngine = v.variant('type', [
  /** First of all. */
  v.strictObject({ type: v.literal('begin'), vaultKey: foundKey }),
  /** Comes with a port: somebody who speaks the contract. */
  v.strictObject({ type: v.literal('connect') }),
  /** Answered with `pong`, to show that the engine's loop turns. */
  v.strictObject({ type: v.literal('ping') }),
  v.strictObject({ type: v.literal('stop') }),
])
export type ToEngine = v.InferOutput<typeof toEngine>

export const fromEngine = v.variant('type', [
  v.strictObject({ type: v.literal('ready') }),
  v.strictObject({ type: v.literal('pong') }),
])
export type FromEngine = v.InferOutput<typeof fromEngine>

import * as v from 'valibot'

/**
 * What the shell and the engine's process say to each other over Node's IPC channel.
 *
 * A connection changes hands in three steps: `connect` (with a copy of the socket), `adopted`, `released`. Until
 * the shell has closed its own copy it could still read from it, and the bytes would be lost; the engine therefore
 * answers the handshake only after `released`, and the browser sends nothing before that answer. Until `adopted`
 * the connection is the shell's, who gives it to the next engine if this one dies.
 */
const id = v.pipe(v.number(), v.safeInteger())

/** Rest of the upgrade request: what `ws` needs to answer the handshake. No session, no cookie. */
const upgrade = v.strictObject({
  url: v.string(),
  headers: v.record(v.string(), v.string()),
  /** Bytes that came after the request, base64. */
  head: v.string(),
})
export type Upgrade = v.InferOutput<typeof upgrade>

export const toEngine = v.variant('type', [
  v.strictObject({ type: v.literal('connect'), id, upgrade }),
  v.strictObject({ type: v.literal('released'), id }),
  /** Answered with `pong`, to show that the engine's loop turns. */
  v.strictObject({ type: v.literal('ping') }),
  v.strictObject({ type: v.literal('stop') }),
])
export type ToEngine = v.InferOutput<typeof toEngine>

export const toShell = v.variant('type', [
  v.strictObject({ type: v.literal('ready') }),
  v.strictObject({ type: v.literal('pong') }),
  v.strictObject({ type: v.literal('adopted'), id }),
  v.strictObject({ type: v.literal('closed'), id }),
])
export type ToShell = v.InferOutput<typeof toShell>

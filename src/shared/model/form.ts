import * as v from 'valibot'

/**
 * What a person fills in to reach a host, as data: each transport describes its own fields, and the window draws
 * them without knowing the transport. What may stand in a field is judged by the schema of a saved host.
 */

const common = {
  /** Where the value is in a saved host, by dots: `address.port`, `authentication.keyFiles`. */
  key: v.string(),
  label: v.string(),
  /** One sentence below the field. */
  hint: v.optional(v.string()),
  /** Kept out of sight until it is asked for, or has another value than its default. */
  advanced: v.boolean(),
}
const placeholder = v.optional(v.string())

export const formField = v.variant('kind', [
  /** An empty one is null. `suggest`: what other saved hosts have there. */
  v.object({ kind: v.literal('text'), ...common, placeholder, suggest: v.optional(v.boolean()) }),
  /** An empty one is null. */
  v.object({
    kind: v.literal('number'),
    ...common,
    placeholder,
    minimum: v.number(),
    maximum: v.number(),
  }),
  v.object({
    kind: v.literal('choice'),
    ...common,
    choices: v.pipe(v.array(v.object({ value: v.string(), label: v.string() })), v.minLength(1)),
    default: v.string(),
  }),
  v.object({ kind: v.literal('check'), ...common, default: v.boolean() }),
  /** A list of paths on this machine. */
  v.object({ kind: v.literal('paths'), ...common, placeholder }),
  /** Other hosts, each with user, name and port, in their order. */
  v.object({ kind: v.literal('hosts'), ...common, item: v.string(), maximum: v.number() }),
])
export type FormField = v.InferOutput<typeof formField>

export const transportForm = v.object({
  /** As in a saved host's `address.transport`. */
  transport: v.string(),
  title: v.string(),
  /** False for what is there without being added: this machine. */
  offered: v.boolean(),
  /** Goes before an address that is written out: `https://`; empty where none does. */
  scheme: v.string(),
  /** What an address looks like. */
  example: v.string(),
  fields: v.array(formField),
})
export type TransportForm = v.InferOutput<typeof transportForm>

export const connectForms = v.object({
  transports: v.array(transportForm),
  /** Fields of every saved host, however it is reached. */
  host: v.array(formField),
})
export type ConnectForms = v.InferOutput<typeof connectForms>

import * as v from 'valibot'
import { hostId } from './host'

/** What a host session needs a person for. Texts that come from hosts are untrusted and shown as plain text. */

const text = v.pipe(v.string(), v.maxLength(8_192))

/** A key of `known_hosts`, as a person is shown it. */
export const knownKeyView = v.object({
  /** `file:line`. */
  where: text,
  keyType: text,
  fingerprint: text,
})
export type KnownKeyView = v.InferOutput<typeof knownKeyView>

const common = {
  id: v.pipe(v.string(), v.uuid()),
  host: hostId,
  /** Who is asked for: `root@xcp1:22`; a jump host names itself here. */
  hop: text,
}

const identity = {
  ...common,
  keyType: text,
  fingerprint: text,
  /** The command that prints the fingerprint on the host itself. */
  showCommand: text,
}

export const prompt = v.variant('kind', [
  /** A host that is not known. Nothing was sent to it but the key exchange. */
  v.object({
    kind: v.literal('identity-unknown'),
    ...identity,
    /** The same key under other names. */
    sameKeyElsewhere: v.array(knownKeyView),
    /** Lists of known hosts that could not be read: the host may be known there, or its key revoked. */
    problem: v.optional(text),
  }),
  /** A host that is known by another key, also of another type: somebody in between could offer a new type. There is no way on from here but to disconnect. */
  v.object({
    kind: v.literal('identity-changed'),
    ...identity,
    old: v.array(knownKeyView),
    /** What removes the old key, for a person who knows that it changed. */
    removalCommand: text,
  }),
  /** Password, passphrase or codes. */
  v.object({
    kind: v.literal('secret'),
    ...common,
    /** Whether the host itself is asking, and not a jump host on the way to it. */
    target: v.boolean(),
    title: text,
    instructions: text,
    fields: v.array(v.object({ label: text, secret: v.boolean() })),
    /** The answer before was wrong. */
    again: v.boolean(),
    /** Whether the answer may be kept in the vault. */
    rememberable: v.boolean(),
  }),
])
export type Prompt = v.InferOutput<typeof prompt>

export const promptAnswer = v.variant('kind', [
  /** `remember`: write the key to known_hosts; otherwise it is trusted until the console ends or the host is changed. */
  v.strictObject({ kind: v.literal('trust'), remember: v.boolean() }),
  v.strictObject({
    kind: v.literal('answers'),
    answers: v.pipe(v.array(v.pipe(v.string(), v.maxLength(4_096))), v.maxLength(32)),
    remember: v.boolean(),
  }),
  v.strictObject({ kind: v.literal('cancel') }),
])
export type PromptAnswer = v.InferOutput<typeof promptAnswer>

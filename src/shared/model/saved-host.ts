import * as v from 'valibot'

/** Hosts that a person saved, as they stand in the settings file. Secrets are never here: the vault has them. */

const word = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(255),
  v.regex(/^[^\s\p{Cc}-][^\s\p{Cc}]*$/u, 'expected no spaces or control characters, and no leading "-"'),
)

/** Null is "as ~/.ssh/config or the default says". `host` may be an alias of ~/.ssh/config. */
export const sshAddress = v.object({
  host: word,
  port: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))),
  user: v.nullable(word),
})
export type SshAddress = v.InferOutput<typeof sshAddress>

export const sshSignIn = v.object({
  /** Keys of the running SSH agent. */
  agent: v.boolean(),
  /** Paths of private keys on this machine; `~/` is the home folder. Tried before those of ~/.ssh/config. */
  keyFiles: v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(4_096))), v.maxLength(16)),
  /** `saved`: from the vault, asked for where it is not there. */
  password: v.picklist(['ask', 'saved', 'never']),
})
export type SshSignIn = v.InferOutput<typeof sshSignIn>

export const savedHost = v.object({
  id: v.pipe(v.string(), v.uuid()),
  /** What it is called in the list. */
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(128)),
  group: v.nullable(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(128))),
  address: sshAddress,
  /** Jump hosts, the one to dial first in front; empty is "as ~/.ssh/config says". */
  via: v.pipe(v.array(sshAddress), v.maxLength(2)),
  authentication: sshSignIn,
  connectOnStart: v.boolean(),
  /** Epoch milliseconds. */
  lastUsed: v.nullable(v.number()),
})
export type SavedHost = v.InferOutput<typeof savedHost>

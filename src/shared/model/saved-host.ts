import * as v from 'valibot'

/**
 * Hosts as the person keeps them: how each is reached and what to sign in with, never a secret.
 * Texts are shown to people and become parts of commands in hints: no control or direction characters.
 */

const unprintable =
  '\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff'
const label = v.pipe(
  v.string(),
  v.maxLength(256),
  v.regex(new RegExp(`^(?=.*\\S)[^${unprintable}]+$`), 'expected a text without control characters'),
)

export const hostName = v.pipe(
  v.string(),
  v.maxLength(255),
  v.regex(/^[\w.:%+=~^][\w.:%+=~^-]*$/, 'expected a host name, or an address without brackets'),
)
export const userName = v.pipe(
  v.string(),
  v.maxLength(256),
  v.regex(new RegExp(`^(?!-)[^${unprintable}\\s"'\`$;&<>|(){}]+$`), 'expected a user name'),
)
export const portNumber = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))

const sshEndpoint = {
  host: v.pipe(hostName, v.description('Name, address without brackets, or a Host of ~/.ssh/config.')),
  port: v.pipe(
    v.optional(v.nullable(portNumber), null),
    v.description('Null: as ~/.ssh/config says, else 22.'),
  ),
  user: v.pipe(
    v.optional(v.nullable(userName), null),
    v.description("Null: as ~/.ssh/config says, else the person's own user name."),
  ),
}

export const jumpAddress = v.object(sshEndpoint)
export type JumpAddress = v.InferOutput<typeof jumpAddress>

/** One variant for each transport that a host can be reached by. */
export const savedAddress = v.variant('transport', [
  v.object({ transport: v.literal('ssh'), ...sshEndpoint }),
])
export type SavedAddress = v.InferOutput<typeof savedAddress>

const path = v.pipe(
  v.string(),
  v.maxLength(4096),
  v.regex(new RegExp(`^[^${unprintable}]+$`), 'expected a path'),
)

export const savedAuthentication = v.object({
  agent: v.pipe(
    v.optional(v.boolean(), true),
    v.description('Whether the keys of the SSH agent are offered.'),
  ),
  keyFiles: v.pipe(
    v.optional(v.pipe(v.array(path), v.maxLength(16)), []),
    v.description('Private keys, in the order in which they are offered.'),
  ),
  password: v.pipe(
    v.optional(v.picklist(['ask', 'never']), 'ask'),
    v.description('ask: where none is remembered; never: not even when the host would take one.'),
  ),
})
export type SavedAuthentication = v.InferOutput<typeof savedAuthentication>

export const savedHost = v.object({
  id: v.pipe(v.string(), v.uuid('expected a UUID')),
  name: label,
  group: v.optional(v.nullable(label), null),
  address: savedAddress,
  via: v.pipe(
    v.optional(v.pipe(v.array(jumpAddress), v.maxLength(2)), []),
    v.description('Jump hosts, the one to dial first at the front.'),
  ),
  authentication: v.optional(savedAuthentication, {}),
  lastUsed: v.pipe(
    v.optional(v.nullable(v.pipe(v.number(), v.minValue(0))), null),
    v.description('Epoch milliseconds.'),
  ),
  connectOnStart: v.optional(v.boolean(), false),
})
export type SavedHost = v.InferOutput<typeof savedHost>

import * as v from 'valibot'
import { DiagnosticError } from '@shared/errors'
import { isJsonObject, parseJson, readWholeFile, writeWholeFile } from '../files'

/**
 * vault.json. Names, the cost and the salt are in plain text; whatever is secret is sealed with a key that comes from
 * the passphrase. `check` is an empty text sealed with the same key: it tells whether a passphrase is right.
 * Whoever can write the file can remove entries or bring back older ones; he cannot read, change or exchange them.
 */

const version = 1
const largestFile = 64 * 1_048_576
const mostMemory = 2 ** 30

const base64 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]+={0,2}$/, 'expected base64'))
const sealed = { nonce: base64, data: base64 }
const count = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most))

const vaultFile = v.object({
  version: v.literal(version),
  kdf: v.pipe(
    v.object({ name: v.literal('scrypt'), N: count(2 ** 24), r: count(64), p: count(16), salt: base64 }),
    v.check(
      ({ N, r }) => N >= 2 && Number.isInteger(Math.log2(N)) && 128 * N * r <= mostMemory,
      'out of range',
    ),
  ),
  cipher: v.literal('aes-256-gcm'),
  check: v.object(sealed),
  entries: v.array(v.object({ name: v.pipe(v.string(), v.minLength(1), v.maxLength(256)), ...sealed })),
})
export type VaultFile = v.InferOutput<typeof vaultFile>
export type VaultEntry = VaultFile['entries'][number]

export const emptyVault = (kdf: Omit<VaultFile['kdf'], 'name'>, check: VaultFile['check']): VaultFile => ({
  version,
  kdf: { name: 'scrypt', ...kdf },
  cipher: 'aes-256-gcm',
  check,
  entries: [],
})

export type FoundVault =
  | { readonly kind: 'good'; readonly file: VaultFile; readonly content: Buffer }
  | { readonly kind: 'none' }
  | { readonly kind: 'newer' }
  | { readonly kind: 'corrupt'; readonly reason: string }

/** Rejects when the file cannot be read at all. */
export async function readVault(path: string): Promise<FoundVault> {
  const content = await readWholeFile(path, largestFile)
  if (content === null) return { kind: 'none' }
  let value: unknown
  try {
    value = parseJson(content)
  } catch (thrown) {
    return { kind: 'corrupt', reason: thrown instanceof Error ? thrown.message : String(thrown) }
  }
  const found = isJsonObject(value) ? value['version'] : null
  if (typeof found === 'number' && found > version) return { kind: 'newer' }
  const parsed = v.safeParse(vaultFile, value, { abortEarly: true })
  if (parsed.success) return { kind: 'good', file: parsed.output, content }
  return { kind: 'corrupt', reason: `A wrong value is at ${v.getDotPath(parsed.issues[0]) ?? 'the top'}.` }
}

/** `before` is what it replaces, null for a new file; another content there is a `conflict`. */
export async function writeVault(path: string, file: VaultFile, before: Buffer | null): Promise<void> {
  const text = `${JSON.stringify(file, null, 2)}\n`
  if (text.length > largestFile) {
    throw new DiagnosticError(
      'limit-exceeded',
      `The vault would be larger than ${largestFile / 1_048_576} MiB.`,
      {
        where: path,
        hint: 'Remove secrets that are no longer used.',
      },
    )
  }
  await writeWholeFile(path, text, { expected: before, mode: 0o600 })
}

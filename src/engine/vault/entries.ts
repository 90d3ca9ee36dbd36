import { DiagnosticError } from '@shared/errors'
import { seal, unseal } from './sealing'
import { Secret } from './secret'
import type { VaultEntry, VaultFile } from './vault-file'

const checkLabel = 'check'
const entryLabel = (name: string): string => `entry ${name}`

export const sealCheck = (key: Buffer): VaultFile['check'] => seal(key, checkLabel, Buffer.alloc(0))

/** Whether this is the key of the file. */
export const isKeyOf = (key: Buffer, file: VaultFile): boolean => unseal(key, checkLabel, file.check) !== null

function sealEntry(key: Buffer, name: string, secret: Secret): VaultEntry {
  const plain = secret.revealBytes()
  try {
    return { name, ...seal(key, entryLabel(name), plain) }
  } finally {
    plain.fill(0)
  }
}

/** Throws `bad-data` when the entry is damaged. `path` is the vault's. */
export function openEntry(key: Buffer, entry: VaultEntry, path: string): Secret {
  const plain = unseal(key, entryLabel(entry.name), entry)
  if (plain !== null) return Secret.ofBytes(plain)
  throw new DiagnosticError('bad-data', `The secret "${entry.name}" in the vault is damaged.`, {
    where: path,
    hint: 'Remove it, or enter it again and save it.',
  })
}

export const findEntry = (file: VaultFile, name: string): VaultEntry | undefined =>
  file.entries.find((entry) => entry.name === name)

export const without = (file: VaultFile, name: string): VaultFile => ({
  ...file,
  entries: file.entries.filter((entry) => entry.name !== name),
})

/** The file with these secrets sealed in it, in place of what it had under their names. */
export function withSecrets(
  file: VaultFile,
  key: Buffer,
  secrets: readonly (readonly [name: string, secret: Secret])[],
): VaultFile {
  const names = new Set(secrets.map(([name]) => name))
  const others = file.entries.filter(({ name }) => !names.has(name))
  return { ...file, entries: [...others, ...secrets.map(([name, secret]) => sealEntry(key, name, secret))] }
}
